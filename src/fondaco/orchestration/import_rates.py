"""Whether a file's amounts can be converted, asked before it lands: one without a rate would keep every later build from ending."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from fondaco.errors import ConfigError
from fondaco.sources.files.layouts import Content
from fondaco.warehouse import has_table

if TYPE_CHECKING:
    from fondaco.orchestration.project import Project
    from fondaco.sources.files.importing import Prepared


def without_rate(project: Project, prepared: Prepared, connection_id: str) -> list[str]:
    """Currencies of a prepared file, or of its connection, for which no exchange rate was imported."""
    known = {one.connection_id: one.currency for one in project.connections()}
    found = {known.get(connection_id) or prepared.options.currency}
    figures = prepared.figures()
    if figures is not None:
        found |= {*figures.currencies}
    elif prepared.content is Content.PRODUCTS:
        found.add(prepared.options.currency)
    return _not_convertible(project, found)


def refuse_without_rate(project: Project, prepared: Prepared, connection_id: str) -> None:
    """Refuse a file that the models could not convert.

    Raises
    ------
    ConfigError
        If a currency has no exchange rate; how to import one is said.
    """
    if missing := without_rate(project, prepared, connection_id):
        raise ConfigError(
            missing_words(project, missing),
            f"{remedy_words(missing)}, then import the file again; nothing was imported.",
        )


def missing_words(project: Project, missing: list[str]) -> str:
    return (
        f"There is no exchange rate between {' and '.join(missing)} and the reporting currency "
        f"{project.settings.project.currency}."
    )


def remedy_words(missing: list[str]) -> str:
    return (
        "Import rates with `fondaco rates import FILE`: the European Central Bank's eurofxref-hist.csv, or a CSV of your own with "
        f"the columns Date,{','.join(missing)} in units per euro"
    )


def _not_convertible(project: Project, currencies: Iterable[str]) -> list[str]:
    """As ``core_exchange_rates_daily`` finds it: by the base with most rates, of whatever day."""
    reporting = project.settings.project.currency
    others = sorted({*currencies} - {reporting})
    if not others:
        return []
    with project.warehouse.writer() as writer:
        if not has_table(writer, "raw", "fondaco__exchange_rates"):
            return others
        rows = writer.fetch(
            "select base_currency, currency, count(*) as rates from raw.fondaco__exchange_rates "
            "where tenant_id = $tenant and rate > 0 group by base_currency, currency",
            {"tenant": project.tenant},
        ).to_pylist()
    rates: dict[str, int] = {}
    for row in rows:
        rates[row["base_currency"]] = rates.get(row["base_currency"], 0) + int(row["rates"])
    if not rates:
        return others
    base = min(rates, key=lambda each: (-rates[each], each))
    quoted = {base, *(row["currency"] for row in rows if row["base_currency"] == base)}
    if reporting not in quoted:
        return others
    return [each for each in others if each not in quoted]
