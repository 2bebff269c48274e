"""The cost sheet as TOML: a table ``[[cost]]`` an entry, with the names of the columns of the CSV."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from fondaco.costs.entry import COLUMNS, CostEntry
from fondaco.costs.faults import CostsError, Fault
from fondaco.costs.merge import Sheet, whole_sheet
from fondaco.costs.reading import Shops, entry_of, texts_of
from fondaco.costs.size import decoded, refuse_too_many
from fondaco.costs.toml_bounds import refuse_what_takes_long

_HEAD = re.compile(r"^[ \t]*\[\[[ \t]*cost[ \t]*\]\]", re.MULTILINE)
_BARE = frozenset(
    {"weight_from", "weight_to", "tier_from", "tier_to", "messages", "amount", "valid_from", "valid_to"}
)
"""Written as numbers and days; everything else is text, a rate too, so that its sign can stand there."""


def read_toml(
    content: bytes, shops: Shops, accounts: Shops | None = None, spenders: Shops | None = None
) -> Sheet:
    """The entries of a TOML file in UTF-8.

    Raises
    ------
    CostsError
        With every fault and the line on which its table begins, two entries that hold for the same on the same day among them.
    """
    text = decoded(content)
    refuse_what_takes_long(text)
    tables = _tables(text)
    refuse_too_many(len(tables))
    places = _places(text, len(tables))
    entries, kept, faults = [], [], []
    for place, table in zip(places, tables, strict=True):
        texts, wrong = _texts(table, place)
        try:
            entries.append(entry_of(texts, shops, accounts=accounts, spenders=spenders, place=place))
            kept.append(place)
        except CostsError as error:
            # What could not be read as text is told once, not also as missing.
            told = {fault.column for fault in wrong}
            wrong += [fault for fault in error.faults if fault.column not in told]
        faults += wrong
    return whole_sheet(entries, kept, faults)


def write_toml(entries: Iterable[CostEntry]) -> str:
    """A sheet that ``read_toml`` reads as the same entries."""
    tables = []
    for entry in entries:
        lines = [
            f"{column} = {text if column in _BARE else json.dumps(text, ensure_ascii=False)}"
            for column, text in texts_of(entry).items()
            if text
        ]
        tables.append("\n".join(["[[cost]]", *lines]))
    return "\n\n".join(tables) + "\n" if tables else ""


def _tables(text: str) -> list[Any]:
    try:
        content = tomllib.loads(text, parse_float=Decimal)
    except (tomllib.TOMLDecodeError, ValueError, ArithmeticError, RecursionError) as error:
        raise CostsError([Fault("", f"It is not TOML: {error}.", "Correct what is named.")]) from error
    unknown = sorted({*content} - {"cost"})
    tables = content.get("cost", [])
    if unknown or not isinstance(tables, list):
        named = ", ".join(repr(key[:40]) for key in unknown[:20]) or "'cost'"
        raise CostsError(
            [
                Fault(
                    "",
                    f"The sheet has something else than tables [[cost]]: {named}.",
                    "Write a table [[cost]] for each entry.",
                )
            ]
        )
    return tables


def _places(text: str, count: int) -> list[str]:
    """Where each table begins; TOML's reader does not tell, and other ways to write a list of tables have no head."""
    lines, line, at = [], 1, 0
    for head in _HEAD.finditer(text):
        line, at = line + text.count("\n", at, head.start()), head.start()
        lines.append(f"line {line}")
    return lines if len(lines) == count else [f"entry {number} of the file" for number in range(1, count + 1)]


def _texts(table: Any, place: str) -> tuple[dict[str, str], list[Fault]]:
    if not isinstance(table, dict):
        return {}, [Fault("kind", "It is not a table.", "Write a table [[cost]] for each entry.", place)]
    texts, faults = {}, []
    for column, value in table.items():
        if column not in COLUMNS:
            faults.append(
                Fault(
                    column[:40], "A cost sheet does not have it.", f"It may have {', '.join(COLUMNS)}.", place
                )
            )
        elif (text := _text(value)) is not None:
            texts[column] = text
        else:
            faults.append(
                Fault(
                    column,
                    "It is neither text nor a number nor a day.",
                    'Write it such as "40 %", 12.50 or 2026-01-31.',
                    place,
                )
            )
    return texts, faults


def _text(value: Any) -> str | None:
    """A value as it would stand in a cell; None where it would not."""
    match value:
        case bool() | datetime():
            return None
        case str() | date():
            return str(value)
        case int() | Decimal():
            number = Decimal(value)
            is_writable = number.is_finite() and abs(number.adjusted()) < 40
            return format(number, "f") if is_writable else None
        case _:
            return None
