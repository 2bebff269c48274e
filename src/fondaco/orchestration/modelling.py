"""The build step, and the docs of the models."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from fondaco.clock import format_instant, utc_now
from fondaco.errors import ConfigError
from fondaco.landing.raw import OWN
from fondaco.orchestration.progress import Event, Progress
from fondaco.warehouse import has_table

if TYPE_CHECKING:
    from fondaco.jobs.identity import LinkOutcome
    from fondaco.orchestration.project import Project
    from fondaco.warehouse import Writer
    from fondaco.warehouse.dbt import BuildResult, ReadAhead


_UNFINISHED = "build_unfinished"
"""Remembered from the beginning of a build until it has ended well: until then the marts are of two minds."""

_REASONS = "customer_accounts"
"""The only model that a link changes where the records that it joins are one person by their keys already."""

INNER_TESTS = ("path:models/staging,resource_type:test", "path:models/conformed,resource_type:test")
"""Keys and nulls of the views before core. Landing keeps the former, core and marts are held to both: an ordinary build
need not ask the views again, over all history. A full refresh does."""


@contextmanager
def models_read_meanwhile(project: Project) -> Iterator[ReadAhead]:
    """dbt and its project are loaded in the background, while the shops are asked."""
    from fondaco.warehouse import dbt

    reading = dbt.read_ahead(project.warehouse)
    try:
        yield reading
    finally:
        # It ends within seconds; left alone it would be cut off when the process ends.
        reading.join()


def build(
    project: Project, progress: Progress, *, full_refresh: bool = False, read: ReadAhead | None = None
) -> BuildResult:
    """Build and test all models; where ``read`` has them, they are not read again.

    An ordinary build runs the tests of core and marts, a full refresh also those of the views before them.

    A failed test of severity ``error`` fails the build, so that nothing is published over a broken promise; one of
    severity ``warn`` is told in the run's health.
    """

    def tell(node: str, done: int, total: int) -> None:
        progress(Event("build", done=done, total=total, detail=f"{done}/{total} {node}"))

    # A version of Fondaco may have tables that the one before did not.
    project.warehouse.create_schemas_and_raw_tables(OWN)
    with keep_half_built(project):
        result = _build_all(project, progress, tell, full_refresh, read)
    progress(Event("build", detail=f"{result.models} models, {result.tests} tests", ended=True))
    return result


def _build_all(
    project: Project,
    progress: Progress,
    tell: Callable[[str, int, int], None],
    full_refresh: bool,
    read: ReadAhead | None,
) -> BuildResult:
    from fondaco.warehouse import dbt

    try:
        with project.warehouse.writer() as writer:
            take_up_costs(project, writer)
        result = _build_with_persons(project, progress, tell, full_refresh, read)
    except dbt.BuildError as error:
        missing = _without_rate(project)
        if missing:
            raise ConfigError(
                f"There is no exchange rate between {' and '.join(missing)} and the reporting currency "
                f"{project.settings.project.currency}.",
                "Import a table of rates with `fondaco rates import FILE`, then run `fondaco run` again; the former "
                "version stays published.",
            ) from error
        raise
    _keep_what_passes(project)
    return result


def is_half_built(project: Project) -> bool:
    """Whether the last build has not ended well."""
    return project.control.saved.get(project.tenant, _UNFINISHED) is not None


@contextmanager
def keep_half_built(project: Project) -> Iterator[None]:
    """Within the block the marts count as half built, and after it too if it raises."""
    project.control.saved.put(project.tenant, _UNFINISHED, {"since": format_instant(project.clock())})
    yield
    project.control.saved.forget(project.tenant, _UNFINISHED)


def refuse_half_built(project: Project) -> None:
    """Nothing is published of a build that failed or was cut off.

    Raises
    ------
    ConfigError
        If the last build has not ended well.
    """
    if is_half_built(project):
        raise ConfigError(
            "The last build did not end, so its figures are not published; readers keep the former ones.",
            "Build and publish with `fondaco run --step build --step publish`.",
        )


def _build_with_persons(
    project: Project,
    progress: Progress,
    tell: Callable[[str, int, int], None],
    full_refresh: bool,
    read: ReadAhead | None,
) -> BuildResult:
    """Build by who is who now. The records stand in a view of the models: before the first build there is none, so persons are
    found after it, and what was built is brought up to date: all of it where anybody is another person than their key said, else
    only what says why they are one."""
    linked, linked_at = _link_persons(project, progress), project.clock()
    result = _build(project, tell, full_refresh, read)
    if linked.skipped is not None:
        linked, linked_at = _link_persons(project, progress), project.clock()
        if linked.has_moved:
            result = _build(project, tell, full_refresh=False)
        elif linked.skipped is None and linked.links:
            _build(project, tell, full_refresh=False, select=_REASONS)
    project.control.person_decisions.build(project.tenant, project.reader.version, until=linked_at)
    return result


def _keep_what_passes(project: Project) -> None:
    """Shops tell the costs and levels of now only: those of this build are kept."""
    from fondaco.jobs.costs import keep_unit_costs
    from fondaco.jobs.stock import keep_stock_levels

    with project.warehouse.writer() as writer:
        keep_unit_costs(writer, project.tenant)
        keep_stock_levels(writer, project.tenant)


def _link_persons(project: Project, progress: Progress) -> LinkOutcome:
    """Find who is who."""
    from fondaco.jobs.identity import link_identities

    with project.warehouse.writer() as writer:
        take_up_decisions(project, writer)
        outcome = link_identities(writer, project.tenant, now=project.clock())
    if outcome.skipped is None:
        detail = f"{outcome.records:,} records are {outcome.persons:,} people"
        if outcome.keys_aside:
            detail += f"; shared addresses and numbers that were set aside: {outcome.keys_aside:,}"
        progress(Event("build", "people", detail=detail, ended=True))
    return outcome


def take_up_decisions(project: Project, writer: Writer) -> None:
    """Bring decisions about who is who that wait, made on a page or by the API, to where the linking reads them.

    They stay waiting where persons cannot be found. A kill in between repeats a decision, which changes nothing.
    """
    from fondaco.jobs.identity import Sides, can_link, decide

    decisions = project.control.person_decisions
    waiting = decisions.waiting(project.tenant) if can_link() else []
    for each in waiting:
        sides = Sides(tuple(each.record_ids), tuple(each.other_record_ids))
        decide(writer, project.tenant, sides, is_same=each.is_same, by=each.actor, now=each.decided_at)
    if waiting:
        decisions.take(project.tenant, [each.decision_id for each in waiting])


def take_up_costs(project: Project, writer: Writer) -> None:
    """Bring the cost sheet, and how profit is worked out, to where the models read them, whole, where they are others than there.

    Versions are only ever added, so that their number tells. A kill in between brings the same sheet again.
    """
    from fondaco.orchestration.costs import copy_costs, copy_profit_settings

    copy_profit_settings(writer, project.settings.profit, project.tenant)
    taken = copy_costs(writer, project.control, project.tenant)
    if taken:
        project.control.costs.take(project.tenant, taken, project.reader.version)


def _build(
    project: Project,
    tell: Callable[[str, int, int], None],
    full_refresh: bool,
    read: ReadAhead | None = None,
    select: str | None = None,
) -> BuildResult:
    from fondaco.warehouse import dbt

    return dbt.build(
        project.warehouse,
        select=select,
        exclude=() if full_refresh else INNER_TESTS,
        full_refresh=full_refresh,
        now=None if project.clock is utc_now else project.clock(),
        progress=tell,
        read=read,
    )


def _without_rate(project: Project) -> list[str]:
    """Currencies of the shops that cannot be converted on some day."""
    with project.warehouse.writer() as writer:
        if not has_table(writer, "core", "exchange_rates_daily"):
            return []
        found = writer.fetch(
            "select distinct currency from core.exchange_rates_daily"
            " where exchange_rate is null and tenant_id = $tenant order by 1",
            {"tenant": project.tenant},
        )
    return [str(currency) for currency in found.column("currency").to_pylist()]


def write_docs(project: Project) -> Path:
    """Write dbt's docs, lineage and all, into one HTML file that loads nothing from a network."""
    from fondaco.warehouse import dbt

    with project.warehouse.writer():
        dbt.invoke(project.warehouse, ["docs", "generate", "--static"])
    return dbt.dbt_folder(project.settings) / "static_index.html"
