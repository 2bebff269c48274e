"""``fondaco profit``: what days to come will bring, and where money could be saved."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fondaco.cli.output import AsJson, print_json, print_table
from fondaco.errors import ConfigError

if TYPE_CHECKING:
    from fondaco.metrics.profit_forecast import ProfitForecast, Stretch
    from fondaco.metrics.suggestions import Scope
    from fondaco.orchestration import Project

app = typer.Typer(
    help="What days to come will bring, and where money could be saved.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Since = Annotated[
    datetime | None,
    typer.Option("--from", formats=["%Y-%m-%d"], help="First day.", show_default="30 days before the last"),
]
Until = Annotated[
    datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day.", show_default="today")
]
Shop = Annotated[str, typer.Option(help="A connection's id.", show_default="all shops")]

_DAYS = 30


@app.command("forecast")
def forecast(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Forecast the month to its end and 90 days, with intervals of 80 % and how right such forecasts were.

    Example: fondaco profit forecast
    """
    from fondaco.metrics.profit_forecast import expected_days, expected_month, read_forecast

    with ctx.obj.project() as project:
        found = read_forecast(project.reader, project.tenant)
        if found is None:
            raise ConfigError(
                "No forecast has been made yet.", "Make it with `fondaco run`, once something was sold."
            )
        month = expected_month(found, project.metrics, project.reader, project.tenant)
        stretches = [each for each in (month, expected_days(found)) if each is not None]
        currency = project.currency
    if as_json:
        print_json(_object(found, stretches, currency))
        return
    if not found.days_ahead:
        typer.echo(f"There is no forecast: {found.why_not}.")
        return
    typer.echo(f"Known until {found.as_of}; amounts in {currency}.")
    for each in stretches:
        rows = [
            [name, told.expected, told.low, told.high]
            for name, told in each.lines.items()
            if told.low is not None
        ]
        typer.echo("")
        print_table(["metric", "expected", "low", "high"], rows, title=f"{each.first} to {each.last}")
    typer.echo("")
    print_table(
        ["net profit of", "way", "windows", "off by", "of it", "MASE", "interval held"],
        [
            [
                f"{test.horizon_days} days",
                test.way,
                test.windows,
                test.total_error,
                test.total_wape,
                test.mase,
                test.coverage,
            ]
            for test in found.tests
            if test.metric == "net_profit"
        ],
        title="On days it had not seen",
    )


def _object(found: ProfitForecast, stretches: list[Stretch], currency: str) -> dict[str, Any]:
    from dataclasses import asdict

    return {
        "as_of": found.as_of,
        "known_days": found.known_days,
        "days_ahead": found.days_ahead,
        "why_not": found.why_not or None,
        "currency": currency,
        "stretches": [asdict(each) for each in stretches],
        "tests": [asdict(each) for each in found.tests],
    }


@app.command("suggestions")
def suggestions(
    ctx: typer.Context,
    rows: Annotated[
        str, typer.Option("--rows", help="A suggestion, to show its rows.", show_default="all suggestions")
    ] = "",
    since: Since = None,
    until: Until = None,
    shop: Shop = "",
    as_json: AsJson = False,
) -> None:
    """Show where money could be saved, the most first, or the rows behind one suggestion.

    Example: fondaco profit suggestions --rows delivery --from 2026-01-01
    """
    from fondaco.metrics.suggestions import kind_of, suggestion_rows
    from fondaco.metrics.suggestions import suggestions as found_in

    if rows:
        kind_of(rows)
    with ctx.obj.project() as project:
        scope = _scope(project, since, until, shop)
        told = (
            [
                {key: value for key, value in row.items() if key != "matches"}
                for row in suggestion_rows(project.reader, scope, rows)
            ]
            if rows
            else [
                {
                    "suggestion": each.kind.name,
                    "what": each.kind.label,
                    "rows": each.rows,
                    "saves": each.saves,
                }
                for each in found_in(project.reader, scope)
            ]
        )
        currency = project.currency
    if as_json:
        print_json(told)
        return
    print_table(
        list(told[0]) if told else [], [list(row.values()) for row in told], empty="Nothing to suggest."
    )
    typer.echo(f"{scope.first} to {scope.last}, amounts in {currency}.")


def _scope(project: Project, since: datetime | None, until: datetime | None, shop: str) -> Scope:
    from fondaco.clock import local_date
    from fondaco.metrics.suggestions import Scope

    if shop and shop not in {each.connection_id for each in project.connections()}:
        raise ConfigError(f"There is no shop {shop!r}.", "See them with `fondaco connections list`.")
    last = until.date() if until else local_date(project.clock(), project.settings.project.timezone)
    first = since.date() if since else last - timedelta(_DAYS - 1)
    if last < first:
        raise ConfigError(
            f"The period ends on {last}, before it starts on {first}.", "Give the earlier day first."
        )
    return Scope(project.tenant, first, last, shop)
