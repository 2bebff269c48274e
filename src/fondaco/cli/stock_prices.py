"""``fondaco stock prices``: what to ask, how articles answer to their prices, and how to sell off what lies."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fondaco.cli.output import AsJson, print_json, print_table

if TYPE_CHECKING:
    from fondaco.orchestration import Project


def prices(
    ctx: typer.Context,
    action: Annotated[
        str, typer.Option(help="raise, lower, stay, unknown or all.", show_default="raise and lower")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """List prices that should be changed, that about most profit first; with reasons where the data cannot say.

    Example: fondaco stock prices --action unknown
    """
    from fondaco.metrics.prices import ACTIONS, recommendations

    if action not in ("", "all", *ACTIONS):
        raise typer.BadParameter(
            f"{action!r} is not one of {', '.join(ACTIONS)}, all.", param_hint="--action"
        )
    wanted = {"": ("raise", "lower"), "all": ACTIONS}.get(action, (action,))
    with ctx.obj.project() as project:
        found = [row for row in recommendations(project.reader, project.tenant) if row["action"] in wanted]
        why_not = _why_not(project) if not found else ""
    if as_json:
        print_json([_object(row) for row in found])
        return
    print_table(
        ["article", "action", "price", "recommended", "profit a week", "elasticity", "why"],
        [
            [row["sku"] or row["variant_id"], row["action"], _cents(row["price"]), _cents(row["recommended_price"]), _cents(row["profit_change"]),
             None if row["elasticity"] is None else round(row["elasticity"], 2), row["sentence"]]
            for row in found
        ],
        empty=why_not or "No price is to be changed.",
    )  # fmt: skip


def markdowns(ctx: typer.Context, as_json: AsJson = False) -> None:
    """List markdown plans of what lies dead or lasts too long: the price of each week.

    Example: fondaco stock markdowns
    """
    from fondaco.metrics.prices import markdowns as read_markdowns

    with ctx.obj.project() as project:
        found = read_markdowns(project.reader, project.tenant)
        why_not = _why_not(project) if not found else ""
    if as_json:
        print_json([_object(row) for row in found])
        return
    print_table(
        ["article", "week", "from", "price", "now", "pieces then", "brings in all", "at today's price"],
        [
            [row["sku"] or row["variant_id"], row["week"], row["week_start"], _cents(row["price"]), _cents(row["price_now"]),
             round(row["expected_stock"]), _cents(row["value"]), _cents(row["value_as_it_is"])]
            for row in found
        ],
        empty=why_not or "Nothing lies dead or lasts too long.",
    )  # fmt: skip


def promotions(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Show what price cuts brought, by product: more sold, missing after, and what is left.

    Example: fondaco stock promotions
    """
    from fondaco.metrics.prices import promotions as read_promotions

    with ctx.obj.project() as project:
        found = read_promotions(project.reader, project.tenant)
        why_not = _why_not(project) if not found else ""
    if as_json:
        print_json([_object(row) for row in found])
        return
    names = ("events", "lift", "extra_units", "dip_units", "net_units", "pulled_forward")
    print_table(
        ["product", *(name.replace("_", " ") for name in names), "cannot say"],
        [
            [row["product_title"] or row["product_id"], *(row[name] if row[name] is None else round(row[name], 2) for name in names), row["why_not"]]
            for row in found
        ],
        empty=why_not or "No price was cut and raised again.",
    )  # fmt: skip


def _why_not(project: Project) -> str:
    """Why no price is recommended, as the newest run has it."""
    from fondaco.metrics.prices import newest_look

    newest = newest_look(project.reader, project.tenant)
    return f"No price is recommended: {newest['why_not']}." if newest and newest["why_not"] else ""


def _cents(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else Decimal(amount).quantize(Decimal("0.01"))


def _object(row: Any) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "tenant_id"}
