"""The cost sheet as CSV."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator

from fondaco.costs.entry import COLUMNS, CostEntry
from fondaco.costs.faults import CostsError, Fault
from fondaco.costs.merge import Sheet, whole_sheet
from fondaco.costs.reading import Shops, entry_of, texts_of
from fondaco.costs.size import decoded, refuse_too_many

MOST_COLUMNS = 200
"""A header with a few columns too many is told which; one of so many is no header of a cost sheet."""

_DELIMITERS = ",;\t"
_FORMULA = re.compile(r"'*[=+\-@＝＋－＠]")
"""What a spreadsheet would run as a formula is written with an apostrophe in front, which is taken away again."""


def read_csv(
    content: bytes, shops: Shops, accounts: Shops | None = None, spenders: Shops | None = None
) -> Sheet:
    """The entries of a CSV file in UTF-8: a header with ``COLUMNS`` in any order, then a line an entry.

    Commas, semicolons or tabs stand between the fields; where it is not commas, the decimal mark is the comma.

    Raises
    ------
    CostsError
        With every fault and its line, two entries that hold for the same on the same day among them.
    """
    text = decoded(content)
    delimiter = _delimiter(text)
    lines = _lines(text, delimiter)
    place, header = next(lines, ("line 1", []))
    columns = _columns(header, place)
    entries, places, faults = [], [], []
    filled = ((place, cells) for place, cells in lines if any(cell.strip() for cell in cells))
    for count, (place, cells) in enumerate(filled, start=1):
        refuse_too_many(count)
        if any(cell.strip() for cell in cells[len(columns) :]):
            faults.append(
                Fault(
                    "",
                    "It has more fields than the header.",
                    "Put quotes around a field that holds the separator.",
                    place,
                )
            )
            continue
        texts = {column: _bare(cell) for column, cell in zip(columns, cells, strict=False)}
        try:
            entries.append(
                entry_of(
                    texts,
                    shops,
                    accounts=accounts,
                    spenders=spenders,
                    decimal_comma=delimiter != ",",
                    place=place,
                )
            )
            places.append(place)
        except CostsError as error:
            faults.extend(error.faults)
    return whole_sheet(entries, places, faults)


def write_csv(entries: Iterable[CostEntry]) -> str:
    """A sheet that ``read_csv`` reads as the same entries."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for entry in entries:
        writer.writerow(_safe(cell) for cell in texts_of(entry).values())
    return text.getvalue()


def _lines(text: str, delimiter: str) -> Iterator[tuple[str, list[str]]]:
    """Each record, and the line on which it begins. A quote that is not closed is a fault: it would swallow the lines after it."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        place = f"line {reader.line_num + 1}"
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise CostsError(
                [Fault("", f"It is not CSV: {error}.", "Look for a quote that is not closed.", place)]
            ) from error
        yield place, cells


def _delimiter(text: str) -> str:
    first = text.split("\n", 1)[0]
    return max(_DELIMITERS, key=first.count)


def _columns(header: list[str], place: str) -> list[str]:
    columns = [cell.strip().lower() for cell in header]
    while columns and not columns[-1]:
        columns.pop()
    if len(columns) > MOST_COLUMNS:
        raise CostsError(
            [
                Fault(
                    "",
                    f"The header has {len(columns):,} columns.",
                    f"A cost sheet has at most {len(COLUMNS)}: {', '.join(COLUMNS)}.",
                    place,
                )
            ]
        )
    faults = []
    unknown = sorted({column for column in columns if column not in COLUMNS})
    if unknown:
        named = ", ".join(repr(column[:40]) for column in unknown[:20])
        faults.append(
            Fault(
                "",
                f"The header has columns that a cost sheet does not: {named}.",
                f"It may have {', '.join(COLUMNS)}.",
                place,
            )
        )
    twice = sorted({column for column, count in Counter(columns).items() if count > 1} - {*unknown})
    if twice:
        faults.append(Fault("", f"The header has {', '.join(twice)} twice.", "Take one of them out.", place))
    if "kind" not in columns:
        faults.append(
            Fault(
                "kind",
                "The header does not have it.",
                f"The first line names the columns: {','.join(COLUMNS)}.",
                place,
            )
        )
    if faults:
        raise CostsError(faults)
    return columns


def _safe(cell: str) -> str:
    return f"'{cell}" if _FORMULA.match(cell) else cell


def _bare(cell: str) -> str:
    cell = cell.strip()
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
