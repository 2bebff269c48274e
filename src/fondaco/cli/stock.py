"""``fondaco stock``: what to order, move, watch and mark down, what was decided, and what came of it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fondaco.cli import stock_orders, stock_prices
from fondaco.cli.output import AsJson, print_json, print_table

if TYPE_CHECKING:
    from fondaco.control import StockDecision
    from fondaco.orchestration.proposed import Proposal

app = typer.Typer(
    help="See what to order, transfer, watch and mark down; decide, and make orders of it.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

ProposalId = Annotated[
    str, typer.Argument(help="A proposal's id, as `fondaco stock proposals` tells it.", metavar="PROPOSAL")
]
Reason = Annotated[str, typer.Option("--reason", help="Why, for those who look at it later.")]
Day = Annotated[
    datetime | None,
    typer.Option("--day", formats=["%Y-%m-%d"], help="Proposals of this day.", show_default="the newest"),
]


@app.command("proposals")
def proposals(
    ctx: typer.Context,
    day: Day = None,
    kind: Annotated[
        str, typer.Option(help="Only reorder, transfer, warn or mark_down.", show_default="every kind")
    ] = "",
    status: Annotated[
        str, typer.Option(help="open, accepted, changed, refused or all.", show_default=True)
    ] = "open",
    as_json: AsJson = False,
) -> None:
    """List what is proposed, that about most money first.

    Example: fondaco stock proposals --kind reorder
    """
    from fondaco.control.stock_decisions import KINDS
    from fondaco.orchestration.proposed import STATUSES

    if kind and kind not in KINDS:
        raise typer.BadParameter(f"{kind!r} is not one of {', '.join(KINDS)}.", param_hint="--kind")
    if status not in (*STATUSES, "all"):
        raise typer.BadParameter(
            f"{status!r} is not one of {', '.join(STATUSES)}, all.", param_hint="--status"
        )
    with ctx.obj.project() as project:
        found = stock_orders.desk(project).proposals(
            day.date() if day else None, kind=kind or None, status=None if status == "all" else status
        )
        why_not = _why_not(project) if not found else ""
    if as_json:
        print_json([each.row() for each in found])
        return
    print_table(
        ["proposal", "kind", "money", "status", "what"],
        [[each.proposal_id, each.kind, _money(each), each.status, each.sentence] for each in found],
        empty=why_not or "Nothing is proposed.",
    )


@app.command("accept")
def accept(
    ctx: typer.Context,
    proposal: ProposalId,
    quantity: Annotated[
        int | None, typer.Option("--quantity", help="Pieces.", show_default="as proposed")
    ] = None,
    reason: Reason = "",
    as_json: AsJson = False,
) -> None:
    """Accept a proposal; a reorder or transfer becomes a line of a draft.

    Example: fondaco stock accept 20261123-1f0c9a7be2d4 --quantity 24
    """
    with ctx.obj.project() as project:
        desk = stock_orders.desk(project)
        done = desk.accept(proposal, quantity=quantity, reason=reason)
        order = next((each for each in desk.orders() if each.order_id == done.order_id), None)
    if as_json:
        print_json({**_decided(done), "order": order.number if order else None})
        return
    where = f" It is in {order.number}." if order else ""
    typer.echo(
        f"{done.choice.capitalize()}: {done.quantity:,} of {done.proposed_quantity:,} proposed.{where}"
    )


@app.command("refuse")
def refuse(
    ctx: typer.Context,
    proposal: ProposalId,
    days: Annotated[
        int, typer.Option("--days", help="For so many days it is not proposed again, today included.")
    ] = 14,
    reason: Reason = "",
    as_json: AsJson = False,
) -> None:
    """Refuse a proposal for a while.

    Example: fondaco stock refuse 20261123-1f0c9a7be2d4 --days 30 --reason "new collection"
    """
    with ctx.obj.project() as project:
        done = stock_orders.desk(project).refuse(proposal, days=days, reason=reason)
    if as_json:
        print_json(_decided(done))
    else:
        typer.echo(f"Refused: it is not proposed again until {done.holds_until} is over.")


@app.command("undo")
def undo(ctx: typer.Context, proposal: ProposalId, as_json: AsJson = False) -> None:
    """Take a decision back, as long as its order has not been sent.

    Example: fondaco stock undo 20261123-1f0c9a7be2d4
    """
    with ctx.obj.project() as project:
        done = stock_orders.desk(project).undo(proposal)
    if as_json:
        print_json(_decided(done))
    else:
        typer.echo(f"The proposal {done.proposal_id} is open again.")


@app.command("decisions")
def decisions(ctx: typer.Context, as_json: AsJson = False) -> None:
    """List what was decided about the proposals of the last 90 days.

    Example: fondaco stock decisions
    """
    with ctx.obj.project() as project:
        found = stock_orders.desk(project).decisions()
    if as_json:
        print_json([_decided(each) for each in found])
        return
    print_table(
        ["proposal", "kind", "choice", "proposed", "decided", "by", "at", "reason"],
        [
            [each.proposal_id, each.kind, each.choice, each.proposed_quantity, each.quantity, each.decided_by, each.decided_at, each.reason]
            for each in found
        ],
        empty="Nothing is decided yet.",
    )  # fmt: skip


@app.command("outcomes")
def outcomes(
    ctx: typer.Context,
    days: Annotated[int, typer.Option("--days", help="So many days after each proposal are looked at.")] = 28,
    each: Annotated[bool, typer.Option("--each", help="Every proposal by itself.")] = False,
    as_json: AsJson = False,
) -> None:
    """Compare proposals that were accepted, changed, refused and left with what happened after them.

    Example: fondaco stock outcomes --days 28
    """
    with ctx.obj.project() as project:
        desk = stock_orders.desk(project)
        found: list[Any] = (
            list(desk.outcomes(after_days=days)) if each else list(desk.comparison(after_days=days))
        )
    names = list(found[0].__dataclass_fields__) if found else []
    rows = [{name: getattr(one, name) for name in names} for one in found]
    if as_json:
        print_json(rows)
        return
    print_table(
        [name.replace("_", " ") for name in names],
        [list(row.values()) for row in rows],
        empty=f"No proposal is {days} days old yet.",
    )


@app.command("quality")
def quality(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Show how right forecasts of demand were on days that they had not seen, by class of article.

    Example: fondaco stock quality
    """
    sql = (
        "select series_class, series, winner, error, naive_error, coverage, tests, horizon_days, tested_on"
        " from marts.forecast_quality where tenant_id = $tenant_id order by series desc, series_class"
    )
    with ctx.obj.project() as project:
        rows = project.reader.query(sql, {"tenant_id": project.tenant}).to_pylist()
        why_not = _why_not(project) if not rows else ""
    if as_json:
        print_json(rows)
        return
    print_table(
        ["class", "series", "winner", "error", "of seasonal naive", "within 80 %", "tests", "days ahead", "tried on"],
        [list(row.values()) for row in rows],
        empty=why_not or "Nothing is forecast.",
    )  # fmt: skip


app.command("orders")(stock_orders.orders)
app.command("change")(stock_orders.change)
app.command("send")(stock_orders.send)
app.command("receive")(stock_orders.receive)
app.command("cancel")(stock_orders.cancel)
app.command("prices")(stock_prices.prices)
app.command("markdowns")(stock_prices.markdowns)
app.command("promotions")(stock_prices.promotions)


def _why_not(project: Any) -> str:
    """Why demand is not forecast, as the newest run has it."""
    found = project.reader.query(
        "select why_not from marts.demand_forecast_runs where tenant_id = $tenant_id",
        {"tenant_id": project.tenant},
    )["why_not"].to_pylist()
    return f"Demand is not forecast: {found[0]}." if found and found[0] else ""


def _money(proposal: Proposal) -> Decimal | None:
    return None if proposal.money is None else proposal.money.quantize(Decimal("0.01"))


def _decided(decision: StockDecision) -> dict[str, Any]:
    return {
        "decision_id": decision.decision_id,
        "proposal_id": decision.proposal_id,
        "subject": decision.subject,
        "kind": decision.kind,
        "proposal_date": decision.proposal_date,
        "choice": decision.choice,
        "proposed_quantity": decision.proposed_quantity,
        "quantity": decision.quantity,
        "reason": decision.reason,
        "holds_until": decision.holds_until,
        "order_id": decision.order_id,
        "decided_by": decision.decided_by,
        "decided_at": decision.decided_at,
    }
