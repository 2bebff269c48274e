"""What pages and the API ask of the forecast, of what-if and of the suggestions: read once for each published state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from fondaco.errors import ConfigError
from fondaco.metrics import MetricQuery, completed
from fondaco.metrics.profit_forecast import (
    ProfitForecast,
    Stretch,
    expected_days,
    expected_month,
    goods_that_came_back,
    read_forecast,
)
from fondaco.metrics.query import Clock
from fondaco.metrics.statement import PROFIT_PARTS, PROFIT_STATEMENT
from fondaco.metrics.suggestions import Scope, Suggestion, suggestions
from fondaco.metrics.what_if import LEVERS, Change, Outcome, what_if
from fondaco.server.periods import Period
from fondaco.server.site import Site

_BACK_DAYS = 90


def forecast_of(site: Site) -> ProfitForecast | None:
    """The newest forecast; None where there is none at all."""
    if site.published is None:
        return None
    return site.remembered(
        ("profit_forecast",), lambda: read_forecast(site.project.reader, site.tenant_id), large=True
    )


def month_of(site: Site) -> Stretch | None:
    """The month under way, to its end."""
    forecast = forecast_of(site)
    if forecast is None:
        return None
    return site.remembered(
        ("profit_month",),
        lambda: expected_month(forecast, site.layer, site.project.reader, site.tenant_id),
    )


def quarter_of(site: Site) -> Stretch | None:
    """Ninety days to come."""
    forecast = forecast_of(site)
    return None if forecast is None else expected_days(forecast)


@dataclass(frozen=True, slots=True)
class Base:
    """What a change is held against: a period that has been, or the month under way with the days of it to come.

    Attributes
    ----------
    parts
        Of the waterfall, ``PROFIT_PARTS``.
    goods_back
        Cost of the goods that came back to the shelf.
    """

    period: Period
    parts: Mapping[str, Decimal]
    goods_back: Decimal

    @property
    def statement(self) -> Mapping[str, Decimal]:
        return completed(self.parts, PROFIT_STATEMENT)

    def under(self, change: Change) -> Outcome:
        return what_if(self.parts, change, goods_back=self.goods_back)


def base_of_period(site: Site, period: Period, clock: Clock, shop: str | None) -> Base:
    """The statement of a period that has been."""
    query = MetricQuery(
        PROFIT_PARTS,
        first=period.first,
        last=period.last,
        clock=clock,
        where={"connection_id": shop} if shop else {},
    )
    rows = site.ask(query).to_pylist()
    parts = {name: (rows[0][name] if rows else None) or Decimal(0) for name in PROFIT_PARTS}
    back = site.remembered(
        ("goods_back", period, clock, shop),
        lambda: goods_that_came_back(site.layer, site.project.reader, query, site.tenant_id),
    )
    return Base(period, parts, back)


def base_of_month(site: Site) -> Base | None:
    """The month under way to its end, of all shops by the finance clock; None where it is not forecast.

    Which part of the returns' cost comes back to the shelf is that of the last 90 known days.
    """
    forecast, month = forecast_of(site), month_of(site)
    if forecast is None or month is None:
        return None
    last = forecast.as_of
    recent = base_of_period(site, Period(max(forecast.first, _days_before(last)), last), "finance", None)
    returned = recent.parts["returns"]
    parts = {name: month.lines[name].expected for name in PROFIT_PARTS}
    share = recent.goods_back / returned if returned > 0 else Decimal(0)
    return Base(Period(month.first, month.last), parts, parts["returns"] * share)


def _days_before(last: date) -> date:
    return last - timedelta(_BACK_DAYS - 1)


def change_of(asked: Mapping[str, str]) -> Change:
    """The change that an address names, of a page as of the API: a share is 0.1 or 10%, an elasticity a plain number.

    Raises
    ------
    ConfigError
        If a value is no number, or out of reach.
    """
    values = {}
    for lever in LEVERS:
        text = (asked.get(lever.name) or "").strip().replace("−", "-")
        if not text:
            continue
        in_percent = not lever.is_elasticity and text.endswith("%")
        try:
            value = Decimal(text.removesuffix("%").strip() if in_percent else text)
        except InvalidOperation:
            value = Decimal("NaN")
        if not value.is_finite() or abs(value) > 1000:
            raise ConfigError(f"{lever.name}={text[:40]!r} is not a number in reach.", f"Give {lever.reach}.")
        values[lever.name] = value / 100 if in_percent else value
    return Change(**values)


def suggestions_of(site: Site, period: Period, shop: str | None) -> list[Suggestion]:
    """All suggestions of a period, remembered."""
    scope = scope_of(site, period, shop)
    return site.remembered(("suggestions", period, shop), lambda: suggestions(site.project.reader, scope))


def scope_of(site: Site, period: Period, shop: str | None) -> Scope:
    return Scope(site.tenant_id, period.first, period.last, shop or "")
