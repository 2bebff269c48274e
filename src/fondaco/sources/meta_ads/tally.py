"""Whether the ads' spend is all that the account spent: Meta leaves some deleted ads out of lists, never out of its totals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from fondaco.sources.meta_ads.client import Record

SETTLING_DAYS = 3
"""Younger days change between two questions."""

_LEAST = Decimal(1)
_LEAST_SHARE = Decimal("0.005")


class Tally:
    """Adds up spend by day. A row that comes twice counts once."""

    def __init__(self) -> None:
        self._spend: dict[tuple[str, str], Decimal] = {}

    def add(self, rows: Iterable[Record]) -> None:
        """Count rows of ads and days."""
        for row in rows:
            self._spend[str(row.get("date_start")), str(row.get("ad_id"))] = amount(row.get("spend"))

    def shortfall(self, account: Mapping[str, Decimal], currency: str) -> str:
        """A sentence for a person where the ads of a day spent less than the account did; empty where all is there.

        Less than one unit of the currency, or half a percent of the day, is rounding.
        """
        by_day: dict[str, Decimal] = {}
        for (day, _), spend in self._spend.items():
            by_day[day] = by_day.get(day, Decimal(0)) + spend
        missing = {day: spend - by_day.get(day, Decimal(0)) for day, spend in account.items()}
        short = {day: gap for day, gap in missing.items() if gap >= max(_LEAST, account[day] * _LEAST_SHARE)}
        if not short:
            return ""
        return (
            f"Meta's ads of {len(short)} days, {min(short)} to {max(short)}, spent {sum(short.values()):,.2f} {currency} less "
            "than the account as a whole: Meta leaves some deleted ads out, and their spend is missing from the figures."
        )


def amount(value: Any) -> Decimal:
    """Money as Meta writes it; what is none counts as nothing here, and is set aside where it lands."""
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return Decimal(0)
    return found if found.is_finite() else Decimal(0)
