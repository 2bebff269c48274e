"""``fondaco import``: a file of orders, customers or products into the warehouse."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fondaco.cli.output import AsJson, print_json, print_table, shown
from fondaco.errors import ConfigError
from fondaco.sources.files.fields import FIELDS

if TYPE_CHECKING:
    from fondaco.orchestration.importing import Imported
    from fondaco.sources.files.importing import Prepared

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
    preview: Annotated[bool, typer.Option("--preview", help="Show what would land, and end.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Import a file. Shopify's and WooCommerce's own exports need no mapping; the same file again doubles nothing.

    Example: fondaco import sales.csv --map order_id=InvoiceNo --map ordered_at=Date --map unit_price=Price --currency GBP
    """
    from fondaco.orchestration.importing import options_for
    from fondaco.sources.files.fields import parse_map, read_mapping
    from fondaco.sources.files.importing import prepare

    if decimal is not None and decimal not in _DECIMALS:
        raise typer.BadParameter("Use point or comma.", param_hint="--decimal")
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
        )
        prepared = prepare(file, options)
        try:
            if prepared.landing_rows == 0 and prepared.set_aside:
                first = prepared.set_aside[0]
                raise ConfigError(
                    f"No row of {file.name} can be taken; row {first.row}: {first.reason}.",
                    "Correct the file or its mapping; nothing was imported.",
                )
            if not as_json:
                _show(prepared)
            if preview:
                if as_json:
                    print_json(_prepared_object(prepared))
                return
            if (
                not yes
                and not as_json
                and sys.stdin.isatty()
                and not typer.confirm("Import it?", default=True)
            ):
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


def _import(project: Any, prepared: Prepared, connection: str, *, quiet: bool) -> Imported:
    from fondaco.cli.bars import bars
    from fondaco.orchestration.importing import import_file
    from fondaco.orchestration.stopping import stop_on_signals

    with stop_on_signals() as stop, bars(shown=not quiet) as progress:
        return import_file(project, prepared, connection, progress=progress, stop=stop)


def _currency(word: str | None) -> str | None:
    if word is not None and not (len(word) == 3 and word.isalpha() and word.isascii()):
        raise typer.BadParameter(f"{word!r} is not a code of three letters.", param_hint="--currency")
    return word.upper() if word else None


def _show(prepared: Prepared) -> None:
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
    typer.echo(_balance(prepared.rows, prepared.landing_rows, len(prepared.set_aside), "to land"))
    for one in prepared.set_aside[:_SHOWN_FAULTS]:
        typer.echo(f"  row {one.row}: {one.reason}")
    if len(prepared.set_aside) > _SHOWN_FAULTS:
        typer.echo(f"  … and {len(prepared.set_aside) - _SHOWN_FAULTS:,} more")


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


def _prepared_object(prepared: Prepared) -> dict[str, Any]:
    return {
        "file": prepared.path.name,
        "layout": prepared.layout.name if prepared.layout else "mapping",
        "rows": prepared.rows,
        "to_land": prepared.landing_rows,
        "set_aside": [{"row": one.row, "reason": one.reason} for one in prepared.set_aside],
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
