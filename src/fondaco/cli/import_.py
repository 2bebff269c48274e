"""``fondaco import``: a file of orders, customers or products into the warehouse."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fondaco.cli.output import AsJson, print_json, print_table, shown
from fondaco.errors import ConfigError
from fondaco.sources.files.fields import FIELDS

if TYPE_CHECKING:
    from fondaco.orchestration import Project
    from fondaco.orchestration.importing import Imported
    from fondaco.sources.files.importing import Prepared
    from fondaco.sources.files.overlap import KnownOrders, Overlap

_DECIMALS = {"comma": ",", ",": ",", "point": ".", ".": "."}
_PERSONAL = ("email", "phone", "first_name", "last_name")
_SHOWN_FAULTS = 5
_SHOWN_LETTERS = 20
_FIELDS_HELP = "Fields: " + ", ".join(one.name for one in FIELDS) + "."


def import_(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="CSV, JSON lines or Parquet.")],
    pairs: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="FIELD=COLUMN", help=f"Which column feeds which field. {_FIELDS_HELP}"),
    ] = None,
    mapping: Annotated[
        Path | None, typer.Option("--mapping", help='A TOML file of field = "Column" lines.')
    ] = None,
    connection: Annotated[
        str, typer.Option("--connection", help="The files connection to import into.")
    ] = "files",
    currency: Annotated[
        str | None, typer.Option(help="ISO 4217, for rows without one.", show_default="the project's")
    ] = None,
    timezone: Annotated[
        str | None, typer.Option(help="IANA zone of instants without offset.", show_default="the project's")
    ] = None,
    encoding: Annotated[
        str | None, typer.Option(help="Such as cp1252 or utf-16.", show_default="utf-8")
    ] = None,
    delimiter: Annotated[
        str | None, typer.Option(help="One character, or tab.", show_default="found in the header")
    ] = None,
    date_format: Annotated[
        str | None, typer.Option(help="Such as '%d/%m/%Y %H:%M'.", show_default="found in the dates")
    ] = None,
    decimal: Annotated[
        str | None, typer.Option(help="point or comma.", show_default="found in the numbers")
    ] = None,
    prices_include_tax: Annotated[
        bool, typer.Option("--prices-include-tax", help="Prices contain the tax that is mapped.")
    ] = False,
    orders: Annotated[
        str | None,
        typer.Option(
            help="For orders that are here already with other lines: replace or add.", show_default="asked"
        ),
    ] = None,
    preview: Annotated[bool, typer.Option("--preview", help="Show what would land, and end.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Import a file. Shopify's and WooCommerce's own exports need no mapping; the same file again doubles nothing.

    Example: fondaco import sales.csv --map order_id=InvoiceNo --map ordered_at=Date --map unit_price=Price --currency GBP
    """
    from fondaco.orchestration.import_rates import refuse_without_rate, without_rate
    from fondaco.orchestration.importing import folder_of, options_for
    from fondaco.sources.files.fields import parse_map, read_mapping
    from fondaco.sources.files.importing import prepare

    if decimal is not None and decimal not in _DECIMALS:
        raise typer.BadParameter("Use point or comma.", param_hint="--decimal")
    if orders not in (None, "replace", "add"):
        raise typer.BadParameter("Use replace or add.", param_hint="--orders")
    mapped = (read_mapping(mapping) if mapping else {}) | parse_map(pairs or [])
    with ctx.obj.project() as project:
        options = options_for(
            project,
            connection,
            mapped,
            currency=_currency(currency),
            timezone=timezone,
            encoding=encoding,
            delimiter=delimiter,
            date_format=date_format,
            decimal=_DECIMALS.get(decimal or ""),
            prices_include_tax=prices_include_tax,
            known_orders=orders,
        )
        prepared = prepare(file, options)
        try:
            _refuse_if_empty(prepared)
            overlap = prepared.overlap(folder_of(project, connection))
            missing = without_rate(project, prepared, connection)
            if not as_json:
                _show(prepared, overlap)
            if preview:
                _end_preview(project, prepared, overlap, missing, as_json=as_json)
                return
            refuse_without_rate(project, prepared, connection)
            may_ask = not yes and not as_json and sys.stdin.isatty()
            if may_ask and not _confirmed(prepared, overlap):
                typer.echo("Nothing was imported.")
                return
            imported = _import(project, prepared, connection, quiet=as_json)
        finally:
            prepared.close()
        if as_json:
            print_json(_object(imported))
        else:
            _tell(imported)
        if imported.outcome.error is not None:
            raise imported.outcome.error


def _end_preview(
    project: Project, prepared: Prepared, overlap: Overlap | None, missing: list[str], *, as_json: bool
) -> None:
    from fondaco.orchestration.import_rates import missing_words, remedy_words

    if as_json:
        print_json(_prepared_object(prepared, overlap) | {"without_rate": missing})
    elif missing:
        typer.echo(f"{missing_words(project, missing)} {remedy_words(missing)}.")


def _refuse_if_empty(prepared: Prepared) -> None:
    if prepared.landing_rows == 0 and prepared.set_aside:
        first = prepared.set_aside[0]
        raise ConfigError(
            f"No row of {prepared.path.name} can be taken; row {first.row}: {first.reason}.",
            "Correct the file or its mapping; nothing was imported.",
        )


def _confirmed(prepared: Prepared, overlap: Overlap | None) -> bool:
    """Ask what may be asked; the answer about known orders goes into the options."""
    if overlap is None:
        return typer.confirm("Import it?", default=True)
    choices: dict[str, KnownOrders | None] = {"replace": "replace", "add": "add", "stop": None}
    answer = ""
    while answer not in choices:
        answer = (
            typer.prompt("Replace these orders, add lines to them, or stop?", default="stop").strip().lower()
        )
    chosen = choices[answer]
    if chosen is None:
        return False
    prepared.options = dataclasses.replace(prepared.options, known_orders=chosen)
    return True


def _import(project: Any, prepared: Prepared, connection: str, *, quiet: bool) -> Imported:
    from fondaco.cli.bars import bars
    from fondaco.orchestration.importing import import_file
    from fondaco.orchestration.stopping import stop_on_signals

    with stop_on_signals() as stop, bars(shown=not quiet) as progress:
        return import_file(project, prepared, connection, progress=progress, stop=stop)


def _currency(word: str | None) -> str | None:
    from fondaco.sources.files.currencies import currencies_in_use

    if word is not None and not (len(word) == 3 and word.isalpha() and word.isascii()):
        raise typer.BadParameter(f"{word!r} is not a code of three letters.", param_hint="--currency")
    if word is not None and word.upper() not in currencies_in_use():
        raise typer.BadParameter(f"{word.upper()} is no currency of ISO 4217.", param_hint="--currency")
    return word.upper() if word else None


def _show(prepared: Prepared, overlap: Overlap | None) -> None:
    """The first rows as they will land, the counts, and the file's own totals."""
    title = prepared.layout.title if prepared.layout else "a file with a mapping"
    typer.echo(f"{prepared.path.name} is {title}. Its first rows as they will land:")
    names, rows = prepared.preview()
    print_table(names, [[_masked(name, cell) for name, cell in zip(names, row, strict=True)] for row in rows])
    figures = prepared.figures()
    if figures is not None:
        typer.echo(
            f"{figures.orders:,} orders, {figures.lines:,} lines ({figures.returned_lines:,} of them returns), "
            f"{figures.first_day} to {figures.last_day}, in {', '.join(figures.currencies)}: gross {shown(figures.gross)}, "
            f"discounts {shown(figures.discounts)}, returns {shown(figures.returns)}."
        )
        for count, what, taken in (
            (figures.without_price, "price", "as 0"),
            (figures.without_quantity, "quantity", "as one unit"),
        ):
            if count:
                typer.echo(f"{_lines(count)} without a {what} {'counts' if count == 1 else 'count'} {taken}.")
    if overlap is not None:
        typer.echo(
            f"{overlap.orders:,} of its orders, for example {overlap.example}, "
            f"{'is' if overlap.orders == 1 else 'are'} here already with other lines: --orders replace or --orders add."
        )
    typer.echo(_balance(prepared.rows, prepared.landing_rows, len(prepared.set_aside), "to land"))
    for one in prepared.set_aside[:_SHOWN_FAULTS]:
        typer.echo(f"  row {one.row}: {one.reason}")
    if len(prepared.set_aside) > _SHOWN_FAULTS:
        typer.echo(f"  … and {len(prepared.set_aside) - _SHOWN_FAULTS:,} more")


def _lines(count: int) -> str:
    return "1 line" if count == 1 else f"{count:,} lines"


def _tell(imported: Imported) -> None:
    kept = imported.kept
    typer.echo(_balance(kept.rows, kept.rows - kept.set_aside, kept.set_aside, "landed"))
    typer.echo(f"{imported.stream.replace('_', ' ')}: {imported.before:,} before, {imported.after:,} after.")
    if kept.set_aside:
        typer.echo("See the rows set aside, and why, with: fondaco quarantine")
    if imported.outcome.error is None:
        typer.echo("Next: fondaco metrics query net_sales --by month")


def _balance(rows: int, landed: int, aside: int, word: str) -> str:
    return f"{rows:,} row{'s' if rows != 1 else ''} in the file = {landed:,} {word} + {aside:,} set aside"


def _masked(name: str, cell: Any) -> Any:
    """A preview shows that a column is right without showing who it is, in as much room as a terminal has."""
    if name in _PERSONAL and cell is not None:
        return f"{str(cell)[:1]}…"
    return f"{cell[:_SHOWN_LETTERS]}…" if isinstance(cell, str) and len(cell) > _SHOWN_LETTERS else cell


def _prepared_object(prepared: Prepared, overlap: Overlap | None) -> dict[str, Any]:
    figures = prepared.figures()
    return {
        "file": prepared.path.name,
        "layout": prepared.layout.name if prepared.layout else "mapping",
        "rows": prepared.rows,
        "to_land": prepared.landing_rows,
        "set_aside": [{"row": one.row, "reason": one.reason} for one in prepared.set_aside],
        "without_price": figures.without_price if figures else 0,
        "without_quantity": figures.without_quantity if figures else 0,
        "known_orders_with_other_lines": overlap.orders if overlap else 0,
    }


def _object(imported: Imported) -> dict[str, Any]:
    kept = imported.kept
    return {
        "file": kept.file,
        "import_id": kept.import_id,
        "layout": kept.layout,
        "rows": kept.rows,
        "landed": kept.rows - kept.set_aside,
        "set_aside": kept.set_aside,
        "records": kept.records,
        "before": imported.before,
        "after": imported.after,
        "run_id": imported.outcome.run.run_id,
        "outcome": imported.outcome.run.outcome,
    }
