"""``fondaco metrics``: figures by name."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from fondaco.cli.output import AsJson, print_json, print_table, rows_of, visible

if TYPE_CHECKING:
    from datetime import date

    from fondaco.metrics import MetricQuery
    from fondaco.orchestration import Project

app = typer.Typer(help="Ask for figures by name.", no_args_is_help=True, rich_markup_mode=None)


@app.command("list")
def all_metrics(ctx: typer.Context, as_json: AsJson = False) -> None:
    """List the metrics: what they mean, and by what they can be cut.

    Example: fondaco metrics list
    """
    from fondaco.metrics import SemanticLayer

    found = SemanticLayer.load().metrics
    if as_json:
        print_json(
            [
                {
                    "name": metric.name,
                    "label": metric.label,
                    "description": metric.description,
                    "unit": str(metric.unit),
                    "dimensions": list(metric.dimensions),
                }
                for metric in found
            ]
        )
        return
    print_table(
        ["metric", "unit", "meaning", "by"],
        [[m.name, str(m.unit), m.description, ", ".join(m.dimensions)] for m in found],
    )


@app.command("query")
def query(
    ctx: typer.Context,
    names: Annotated[list[str], typer.Argument(help="One or more metrics.", metavar="NAME…")],
    by: Annotated[
        list[str] | None,
        typer.Option(help="day, week, month or a dimension; may be repeated.", show_default="the total"),
    ] = None,
    since: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], help="First day.", show_default="the first with data"),
    ] = None,
    until: Annotated[
        datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day.", show_default="today")
    ] = None,
    clock: Annotated[
        str, typer.Option(help="finance: a return counts on its own day. order: on its order's day.")
    ] = "finance",
    where: Annotated[
        list[str] | None,
        typer.Option(
            help="DIMENSION=VALUE; repeated for one dimension, any of the values.", show_default="everything"
        ),
    ] = None,
    limit: Annotated[
        int | None, typer.Option(help="At most so many rows.", min=1, show_default="all")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Ask for metrics. Rows come in the order of time, or the largest of the first metric first.

    Example: fondaco metrics query net_sales orders --by month --from 2026-01-01 --json
    """
    from fondaco.metrics import MetricQuery
    from fondaco.metrics.query import TIME_STEPS

    with ctx.obj.project() as project:
        first, last = _period(project, since, until)
        metrics, steps = _split(names), _split(by or [])
        largest_first = bool(metrics and steps) and set(TIME_STEPS).isdisjoint(steps)
        asked = MetricQuery(
            metrics=metrics,
            by=steps,
            first=first,
            last=last,
            clock=_clock(clock),
            where=_conditions(where or []),
            order_by=(f"-{metrics[0]}", *steps) if largest_first else (),
            limit=limit,
        )
        found = project.metrics.query(project.reader, asked, project.tenant)
        _warn_of_unknown(project, asked)
        _warn_of_the_time_before_data(project, asked)
        rows = rows_of(found)
        if as_json:
            print_json(rows)
        else:
            named = [
                ["(none)" if row[name] is None and name in steps else row[name] for name in row]
                for row in rows
            ]
            print_table(found.column_names, named, empty="No figures in this period.")
            currency = project.currency
            money = any(str(project.metrics.metric(name).unit) == "money" for name in metrics)
            is_dated = any(project.metrics.metric(name).is_dated for name in metrics)
            period = f"{first} to {last}, {clock} clock" if is_dated else "As of now"
            typer.echo(f"{period}{f', amounts in {currency}' if money else ''}.")


def _warn_of_unknown(project: Project, asked: MetricQuery) -> None:
    """A figure of nought because nothing has the value asked for is no answer: say which values there are."""
    from fondaco.metrics.values import unknown_values

    for one in unknown_values(project.metrics, project.reader, asked, project.tenant):
        there = ", ".join(visible(value) for value in one.nearest) or "none at all"
        more = f" and {one.others:,} more" if one.others else ""
        typer.echo(f"Nothing has {one.dimension}={visible(one.value)}. There is: {there}{more}.", err=True)


def _warn_of_the_time_before_data(project: Project, asked: MetricQuery) -> None:
    """Figures of a period that begins before the data does are no base for a rate."""
    from fondaco.metrics import read_beginnings

    known = read_beginnings(project.reader, project.tenant)
    shops = asked.conditions().get("connection_id", ())
    if not known.knows(asked.first, shops):
        typer.echo(
            f"Data begins {known.of(shops)}, after the first day asked for. Hold no other period against this one.",
            err=True,
        )


def _split(names: list[str]) -> tuple[str, ...]:
    return tuple(part.strip() for name in names for part in name.split(",") if part.strip())


def _clock(name: str) -> Literal["finance", "order"]:
    if name == "finance":
        return "finance"
    if name == "order":
        return "order"
    raise typer.BadParameter(f"{name!r} is neither finance nor order.", param_hint="--clock")


def _conditions(pairs: list[str]) -> dict[str, tuple[str, ...]]:
    conditions: dict[str, tuple[str, ...]] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise typer.BadParameter(f"{pair!r} is not DIMENSION=VALUE.", param_hint="--where")
        conditions[name.strip()] = (*conditions.get(name.strip(), ()), value)
    return conditions


def _period(project: Project, since: datetime | None, until: datetime | None) -> tuple[date, date]:
    from fondaco.clock import local_date

    first = since.date() if since else _first_day(project)
    last = until.date() if until else local_date(project.clock(), project.settings.project.timezone)
    return first, last


def _first_day(project: Project) -> date:
    """The first day with data; today before there is any."""
    from fondaco.clock import local_date
    from fondaco.metrics import read_beginnings

    return read_beginnings(project.reader, project.tenant).of() or local_date(
        project.clock(), project.settings.project.timezone
    )
