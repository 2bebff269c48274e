"""What commands print: JSON for machines, tables for people."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    import pyarrow as pa
    from rich.text import Text

_NO_WIDTH = 1_000_000
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]


def to_json(value: Any, *, indent: int | None = 2) -> str:
    """JSON in which decimals are numbers with all their digits: no float is ever made of an amount."""
    mark = secrets.token_hex(8)

    def encode(item: Any) -> Any:
        if isinstance(item, Decimal):
            return f"{mark}{exact(item)}{mark}"
        if isinstance(item, datetime):
            from fondaco.clock import format_instant

            return format_instant(item if item.tzinfo else item.replace(tzinfo=UTC))
        if isinstance(item, date):
            return item.isoformat()
        if isinstance(item, Mapping):
            return dict(item)
        return str(item)

    text = json.dumps(value, default=encode, indent=indent, ensure_ascii=False)
    return re.sub(f'"{mark}(-?[0-9.]+|NaN){mark}"', r"\1", text)


def exact(number: Decimal) -> str:
    """A decimal without exponent and without trailing zeros behind the point."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def print_json(value: Any) -> None:
    typer.echo(to_json(value))


def rows_of(table: pa.Table) -> list[dict[str, Any]]:
    """Rows of an Arrow table as objects."""
    rows: list[dict[str, Any]] = table.to_pylist()
    return rows


def print_table(
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    title: str | None = None,
    empty: str = "Nothing.",
) -> None:
    """A table for the terminal; numbers to the right. Where it is too narrow for them, one field a line: a figure is never
    cut."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    kept = [list(row) for row in rows]
    if not kept:
        typer.echo(empty)
        return
    table = Table(
        title=Text(visible(title)) if title else None,
        title_justify="left",
        box=box.SIMPLE_HEAD,
        show_edge=False,
        pad_edge=False,
    )
    for index, column in enumerate(columns):
        numeric = all(isinstance(row[index], int | float | Decimal | None) for row in kept)
        table.add_column(
            Text(visible(column)), justify="right" if numeric else "left", overflow="fold", no_wrap=numeric
        )
    for row in kept:
        table.add_row(*(Text(visible(shown(cell))) for cell in row))
    console = Console(highlight=False)
    needed = Console(highlight=False, width=_NO_WIDTH).measure(table)
    if not console.is_terminal:  # a pipe has no width: nothing is folded there
        console = Console(highlight=False, width=needed.maximum)
    elif needed.minimum > console.width:
        console.print(_fields(columns, kept, title), soft_wrap=True)
        return
    console.print(table)


def _fields(columns: Sequence[str], rows: Sequence[Sequence[Any]], title: str | None) -> Text:
    """Rows as blocks of one field a line."""
    from rich.text import Text

    names = [visible(column) for column in columns]
    wide = max(map(len, names))
    blocks = [
        "\n".join(f"{name:<{wide}}  {visible(shown(cell))}" for name, cell in zip(names, row, strict=True))
        for row in rows
    ]
    return Text("\n\n".join([visible(title), *blocks] if title else blocks))


def visible(text: str) -> str:
    """Text of a shop as it is, with control characters, which could write to the terminal, made harmless."""
    return _CONTROL.sub("\ufffd", text)


def shown(cell: Any) -> str:
    """A value for people: instants without fractions, thousands grouped, nothing for null."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, Decimal):
        return f"{cell.quantize(Decimal('0.01')):,}" if abs(cell.as_tuple().exponent) >= 2 else f"{cell:,}"  # type: ignore[arg-type]
    if isinstance(cell, int):
        return f"{cell:,}"
    if isinstance(cell, float):
        return f"{cell:,.4g}" if abs(cell) < 1 else f"{cell:,.2f}"
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M:%S}"
    return str(cell)
