"""Read the ECB's ``eurofxref-hist.csv``: one row a day, one column a currency, units per euro, ``N/A`` where none."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from importlib.resources import files
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from fondaco.errors import ConfigError

BASE = "EUR"
RATES_SCHEMA = pa.schema(
    [
        ("rate_date", pa.date32()),
        ("base_currency", pa.string()),
        ("currency", pa.string()),
        ("rate", pa.decimal128(18, 9)),
        ("provider", pa.string()),
    ]
)
"""As ``raw.fondaco__exchange_rates`` has them, without tenant and instant. ``rate``: units of currency per unit of base."""

_LARGEST_RATE = Decimal(10**8)
_NONE = ("", "N/A", "NA")


@dataclass(frozen=True, slots=True)
class Gap:
    """Days for which a currency has no rate, not even one of the week before."""

    currency: str
    first: date
    last: date
    days: int

    def __str__(self) -> str:
        return f"{self.currency}: {self.days} days without a rate, {self.first} to {self.last}"


def read_ecb(path: Path) -> pa.Table:
    """The rates of ``path`` by ``RATES_SCHEMA``, oldest first.

    Raises
    ------
    ConfigError
        If the file is missing, in another format, cut off, or holds something that is no rate.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise ConfigError(f"There is no file {path}.", "Check the name and the folder.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path.name} is no CSV file of rates.", _REMEDY) from error
    return _parse(text, path.name, "ecb")


def static_rates() -> pa.Table:
    """Monthly rates that come with Fondaco: made up, in a plausible range, for demonstrations only."""
    text = files("fondaco.sources.exchange_rates").joinpath("static_rates.csv").read_text(encoding="utf-8")
    return _parse(text, "static_rates.csv", "illustrative")


def gaps(
    rates: pa.Table, currencies: Iterable[str], days: Iterable[date], *, holds_days: int = 7
) -> list[Gap]:
    """Which of ``currencies`` lack a rate on which of ``days``; a rate holds for ``holds_days`` after its own day."""
    wanted = sorted(days)
    found: list[Gap] = []
    for currency in sorted(set(currencies) - {BASE}):
        known = rates.filter(pc.equal(rates["currency"], currency))["rate_date"].to_pylist()
        missing = list(_uncovered(sorted(known), wanted, holds_days))
        if missing:
            found.append(Gap(currency, missing[0], missing[-1], len(missing)))
    return found


_REMEDY = (
    "Download eurofxref-hist.zip from the European Central Bank, unpack it, and import eurofxref-hist.csv."
)


def _uncovered(known: list[date], wanted: list[date], holds_days: int) -> Iterator[date]:
    position = 0
    newest: date | None = None
    for day in wanted:
        while position < len(known) and known[position] <= day:
            newest = known[position]
            position += 1
        if newest is None or (day - newest).days > holds_days:
            yield day


def _parse(text: str, name: str, provider: str) -> pa.Table:
    rows = list(csv.reader(io.StringIO(text)))
    if not rows:
        raise ConfigError(f"{name} is empty.", _REMEDY)
    header = [cell.strip() for cell in rows[0]]
    while header and not header[-1]:
        header.pop()
    wrong = [cell for cell in header[1:] if not re.fullmatch(r"[A-Z]{3}", cell)]
    if header[:1] != ["Date"] or len(header) < 2 or wrong:
        raise ConfigError(
            f"{name} does not begin with `Date,USD,JPY,…` as the European Central Bank's file does.", _REMEDY
        )
    dates: list[date] = []
    currencies: list[str] = []
    values: list[Decimal] = []
    for number, row in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in row):
            continue
        if len(row) < len(header):
            raise ConfigError(
                f"{name} is cut off in line {number}.", "Download it again; nothing was imported."
            )
        day = _day(row[0], name, number)
        for currency, cell in zip(header[1:], row[1:], strict=False):
            if cell.strip() not in _NONE:
                dates.append(day)
                currencies.append(currency)
                values.append(_rate(cell.strip(), currency, name, number))
    if not dates:
        raise ConfigError(f"{name} holds no rates.", _REMEDY)
    table = pa.table(
        [dates, [BASE] * len(dates), currencies, values, [provider] * len(dates)], schema=RATES_SCHEMA
    )
    return table.sort_by([("rate_date", "ascending"), ("currency", "ascending")])


def _day(cell: str, name: str, number: int) -> date:
    try:
        return date.fromisoformat(cell.strip())
    except ValueError as error:
        raise ConfigError(f"{name} has no date in line {number}: {cell[:20]!r}.", _REMEDY) from error


def _rate(cell: str, currency: str, name: str, number: int) -> Decimal:
    try:
        rate = Decimal(cell)
    except InvalidOperation:
        rate = Decimal(0)
    if not 0 < rate < _LARGEST_RATE:
        raise ConfigError(f"{name} has no rate for {currency} in line {number}: {cell[:20]!r}.", _REMEDY)
    return rate.quantize(Decimal("0.000000001"))
