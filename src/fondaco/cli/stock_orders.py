"""The commands of ``fondaco stock`` about orders."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fondaco.cli.output import AsJson, print_json, print_table

if TYPE_CHECKING:
    from fondaco.control import StockOrder
    from fondaco.orchestration import Project
    from fondaco.orchestration.ordering import StockDesk

Number = Annotated[str, typer.Argument(help="The order's number, such as FO-12.", metavar="ORDER")]


def desk(project: Project) -> StockDesk:
    """Stock in the hands of the command line."""
    from fondaco.orchestration.ordering import StockDesk

    return StockDesk(
        project.control, project.reader, project.tenant, "cli",
        time_zone=project.settings.project.timezone, clock=project.clock,
    )  # fmt: skip


def orders(
    ctx: typer.Context,
    order: Annotated[
        str | None, typer.Argument(help="One order with its lines.", metavar="ORDER", show_default="all")
    ] = None,
    is_open: Annotated[bool, typer.Option("--open", help="Those whose goods are still to come.")] = False,
    csv: Annotated[Path | None, typer.Option("--csv", help="Write the order's lines to this file.")] = None,
    pdf: Annotated[Path | None, typer.Option("--pdf", help="Write the order as a PDF to this file.")] = None,
    as_json: AsJson = False,
) -> None:
    """List purchase orders and transfers, or show one and write it to files.

    Example: fondaco stock orders FO-12 --pdf order.pdf
    """
    if order is None and (csv or pdf):
        raise typer.BadParameter("name the order that is to be written", param_hint="ORDER")
    with ctx.obj.project() as project:
        if order is None:
            found = desk(project).orders(is_open=is_open)
            _print_all(found, as_json)
            return
        one = desk(project).order(order)
        _write(project, one, csv, pdf)
    if as_json:
        print_json(_object(one))
        return
    _print_one(one)
    for file in (csv, pdf):
        if file is not None:
            typer.echo(f"Wrote {file}.")


def change(
    ctx: typer.Context,
    order: Number,
    article: Annotated[
        str, typer.Argument(help="The article number, or the variant's id.", metavar="ARTICLE")
    ],
    quantity: Annotated[int, typer.Argument(help="Pieces; 0 takes it out.")],
    as_json: AsJson = False,
) -> None:
    """Order another quantity of an article of a draft.

    Example: fondaco stock change FO-12 MUG-B 36
    """
    with ctx.obj.project() as project:
        found = desk(project).order(order)
        variant = next(
            (line.variant_id for line in found.lines if article in (line.sku, line.variant_id)), article
        )
        done = desk(project).change_line(order, variant, quantity)
    if as_json:
        print_json(_object(done))
    else:
        _print_one(done)


def send(
    ctx: typer.Context,
    order: Number,
    to: Annotated[
        str | None,
        typer.Option("--to", help="Mail it to this address.", show_default="that of the supplier's last order"),
    ] = None,
    by_hand: Annotated[bool, typer.Option("--by-hand", help="It has gone out already; mail nothing.")] = False,
    expected: Annotated[
        datetime | None,
        typer.Option("--expected", formats=["%Y-%m-%d"], help="The day on which the goods are to come.", show_default="after the lead time"),
    ] = None,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Mail a draft to its supplier, or note that it went out by hand; a transfer has left.

    Example: fondaco stock send FO-12 --to orders@acme.example
    """
    from fondaco.orchestration.mailing_orders import mail_order
    from fondaco.reports.mail import Postbox
    from fondaco.server.assets import STATIC

    day = expected.date() if expected else None
    with ctx.obj.project() as project:
        mine = desk(project)
        if by_hand or (to is None and mine.order(order).kind == "transfer"):
            done = mine.send(order, expected_on=day)
            how = "noted as sent"
        else:
            post = Postbox(project.settings.mail)
            done = mail_order(
                project, mine, order, post.send, fonts=STATIC / "vendor", to=to, expected_on=day
            )
            how = "mailed"
    if as_json:
        print_json(_object(done))
    else:
        until = f"; its goods are expected on {done.expected_on}" if done.expected_on else ""
        typer.echo(f"{done.number} is {how}{until}.")


def receive(ctx: typer.Context, order: Number, as_json: AsJson = False) -> None:
    """Note that the goods of an order are there: they no longer count as on order.

    Example: fondaco stock receive FO-12
    """
    with ctx.obj.project() as project:
        _told(desk(project).receive(order), as_json)


def cancel(ctx: typer.Context, order: Number, as_json: AsJson = False) -> None:
    """Cancel an order: nothing of it will come.

    Example: fondaco stock cancel FO-12
    """
    with ctx.obj.project() as project:
        _told(desk(project).cancel(order), as_json)


def _told(order: StockOrder, as_json: bool) -> None:
    if as_json:
        print_json(_object(order))
    else:
        typer.echo(f"{order.number} is {order.state}.")


def _write(project: Project, order: StockOrder, csv: Path | None, pdf: Path | None) -> None:
    from fondaco.errors import ConfigError
    from fondaco.orchestration.mailing_orders import sheet_of
    from fondaco.reports.purchase_order import order_csv, order_pdf
    from fondaco.server.assets import STATIC

    sheet = sheet_of(project, order)
    contents: list[tuple[Path, bytes]] = []
    if csv is not None:
        contents.append((csv, order_csv(sheet).encode()))
    if pdf is not None:
        contents.append((pdf, order_pdf(sheet, STATIC / "vendor")))
    for file, content in contents:
        try:
            file.write_bytes(content)
        except OSError as error:
            raise ConfigError(f"{file} cannot be written: {error.strerror}.", "Give another path.") from error


def _print_all(found: list[StockOrder], as_json: bool) -> None:
    if as_json:
        print_json([_object(each) for each in found])
        return
    print_table(
        ["order", "state", "from", "to", "lines", "pieces", "cost", "currency", "expected"],
        [
            [each.number, each.state, each.supplier_name or each.from_location_name, each.location_name, len(each.lines), each.units,
             each.value, each.currency, each.expected_on]
            for each in found
        ],
        empty="No order yet. Accept a proposal: `fondaco stock proposals`.",
    )  # fmt: skip


def _print_one(order: StockOrder) -> None:
    source = order.supplier_name or order.from_location_name or "an unknown supplier"
    typer.echo(f"{order.number}, {order.state}: from {source} to {order.location_name}.")
    print_table(
        ["article no.", "supplier's no.", "article", "pieces", "unit cost", "cost"],
        [[line.sku, line.supplier_sku, line.title, line.quantity, line.unit_cost, line.cost] for line in order.lines],
        empty="It has no lines.",
    )  # fmt: skip


def _object(order: StockOrder) -> dict[str, Any]:
    plain = (
        "number", "kind", "state", "supplier_id", "supplier_name", "from_location_id", "from_location_name", "location_id", "location_name",
        "currency", "units", "value", "created_by", "created_at", "sent_by", "sent_at", "expected_on", "closed_by", "closed_at",
    )  # fmt: skip
    lines = ("variant_id", "sku", "supplier_sku", "title", "quantity", "unit_cost", "cost")
    return {
        **{name: getattr(order, name) for name in plain},
        "lines": [{name: getattr(line, name) for name in lines} for line in order.lines],
    }
