"""Long tables by the sheet: fifty rows at a time, ordered by a column and found by a word, all of it in the URL.

The server holds all rows; a browser gets one sheet, so that ten thousand products weigh as little as fifty. With scripts
(``static/virtual.js``) it asks for the sheets around the place that is read, and the table scrolls through all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlencode

from fondaco.errors import ConfigError
from fondaco.server.written import whole_number

ROWS = 50

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Sheet:
    """Which rows of a table a reader has chosen to see.

    Attributes
    ----------
    name
        What its parts are called in the URL and on the page.
    order
        The column that rows are ordered by, ``-`` in front for the largest first; empty: as the table is made.
    number
        The sheet, from 1.
    find
        What a row's name has to hold.
    """

    name: str
    order: str = ""
    number: int = 1
    find: str = ""

    @property
    def keys(self) -> tuple[str, str, str]:
        """What the parts are called in the URL."""
        return f"{self.name}_order", f"{self.name}_sheet", f"{self.name}_find"

    def state(self) -> dict[str, str]:
        number = str(self.number) if self.number > 1 else ""
        return dict(zip(self.keys, (self.order, number, self.find), strict=True))

    def ordered_by(self, column: str, *, text: bool = False) -> dict[str, str]:
        """The state in which rows are ordered by a column: the largest first, or the first letter; then the reverse."""
        first, then = (column, f"-{column}") if text else (f"-{column}", column)
        order, number, _ = self.keys
        return {order: then if self.order == first else first, number: ""}


def parse_sheet(name: str, parameters: Mapping[str, str], columns: Sequence[str]) -> Sheet:
    """Read a sheet's state from the URL.

    Raises
    ------
    ConfigError
        If rows cannot be ordered so, or the sheet has no number.
    """
    order, number, find = (parameters.get(key, "") for key in Sheet(name).keys)
    if order.removeprefix("-") not in (*columns, ""):
        raise ConfigError(f"Rows cannot be ordered by {order!r}.", f"Use one of {', '.join(columns)}.")
    if number and not 1 <= whole_number(number) <= 1_000_000:
        raise ConfigError(f"There is no sheet {number[:20]!r}.", "Give its number, 1 for the first.")
    return Sheet(name, order, int(number or 1), find.strip()[:200])


@dataclass(frozen=True, slots=True)
class Leaf:
    """One sheet of rows, and the way to its neighbours.

    Attributes
    ----------
    start
        How many rows stand before it.
    count
        How many rows there are, as the reader writes it, with what is counted.
    range
        Which of them these are, from 1.
    key
        What the number of a sheet is called in the URL.
    whole
        The way to the table from its beginning: with ``key`` any sheet of it is asked for.
    before, after
        The ways to its neighbours; None where there is none.
    asked
        What is to be sent with ``key`` in the body of a form, where what was looked for may stand in no address; else None.
    """

    sheet: str
    rows: Sequence[Any]
    total: int
    number: int
    pages: int
    start: int
    count: str
    range: str
    key: str
    whole: Way
    before: Way | None
    after: Way | None
    asked: Mapping[str, str] | None = None

    @property
    def size(self) -> int:
        """Rows of a sheet."""
        return ROWS

    @property
    def words(self) -> str:
        return f"{self.range} of {self.count}" if self.pages > 1 else self.count


@dataclass(frozen=True, slots=True)
class Way:
    """The same view in another state: the address of the page, and of the panel alone."""

    address: str
    panel: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column's head; ``sorted`` is ascending, descending or empty."""

    sheet: str
    label: str
    right: bool
    sorted: str
    address: str
    panel: str
    wide: bool = False
    """Whether it is left out where there is little room."""


Ways = Callable[[Mapping[str, str]], Way]
"""The way to a state that differs in the given parts of the URL."""


def ways_of(path: str, sheet: Sheet, fragment: str, kept: Mapping[str, str] | None = None) -> Ways:
    """Ways on a page that keeps little but a sheet in its URL, to the place of the table; ``kept`` is what else it keeps."""

    def way(changes: Mapping[str, str]) -> Way:
        whole = {**(kept or {}), **sheet.state(), **changes}
        asked = urlencode({name: value for name, value in whole.items() if value})
        address = f"{path}?{asked}" if asked else path
        return Way(f"{address}#{fragment}", address)

    return way


def ordered(rows: Sequence[Item], sheet: Sheet, value: Callable[[Item, str], Any]) -> list[Item]:
    """Rows in the sheet's order; what has no value comes last either way."""
    if not sheet.order:
        return list(rows)
    column, backwards = sheet.order.removeprefix("-"), sheet.order.startswith("-")
    known = [row for row in rows if value(row, column) is not None]
    known.sort(key=lambda row: value(row, column), reverse=backwards)
    return known + [row for row in rows if value(row, column) is None]


def found(rows: Sequence[Item], sheet: Sheet, words: Callable[[Item], str]) -> list[Item]:
    """Rows whose words hold all of what is looked for, whatever its case."""
    wanted = sheet.find.casefold().split()
    return [row for row in rows if all(word in words(row).casefold() for word in wanted)]


def leaf(
    sheet: Sheet,
    total: int,
    rows: Callable[[int, int], Sequence[Any]],
    count: str,
    ways: Ways,
    *,
    asked: Mapping[str, str] | None = None,
) -> Leaf:
    """The sheet's rows.

    Parameters
    ----------
    rows
        Gives the rows from an offset, at most so many.
    count
        The total, as the reader writes it, with what is counted.
    asked
        See ``Leaf``.
    """
    pages = max(1, -(-total // ROWS))
    number = min(sheet.number, pages)
    start = (number - 1) * ROWS
    shown = rows(start, ROWS)
    _, key, _ = sheet.keys
    return Leaf(
        sheet=sheet.name,
        rows=shown,
        total=total,
        number=number,
        pages=pages,
        start=start,
        count=count,
        range=f"{start + 1}–{start + len(shown)}",
        key=key,
        whole=ways({key: ""}),
        before=ways({key: str(number - 1) if number > 2 else ""}) if number > 1 else None,
        after=ways({key: str(number + 1)}) if number < pages else None,
        asked=asked,
    )


def column(
    sheet: Sheet, name: str, label: str, ways: Ways, *, text: bool = False, wide: bool = False
) -> Column:
    """The head of a column."""
    state = {f"-{name}": "descending", name: "ascending"}.get(sheet.order, "")
    way = ways(sheet.ordered_by(name, text=text))
    return Column(sheet.name, label, not text, state, way.address, way.panel, wide)
