"""How commercetools writes money and instants."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fondaco.money import minor_digits


class Writer:
    """Writes the amounts of one currency."""

    def __init__(self, currency: str) -> None:
        self._currency = currency
        self._digits = minor_digits(currency)

    def money(self, cents: int) -> dict[str, Any]:
        return {
            "type": "centPrecision",
            "currencyCode": self._currency,
            "centAmount": int(cents),
            "fractionDigits": self._digits,
        }

    def taxed(self, net: int, tax: int) -> dict[str, Any]:
        """Net, gross and tax of an amount."""
        return {
            "totalNet": self.money(net),
            "totalGross": self.money(net + tax),
            "taxPortions": [],
            "totalTax": self.money(tax),
        }


def instant(moment: datetime | None) -> str | None:
    """UTC with milliseconds."""
    if moment is None:
        return None
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def present(record: dict[str, Any]) -> dict[str, Any]:
    """The API leaves out what is not there instead of writing null."""
    return {name: value for name, value in record.items() if value is not None}
