"""Decimal money. No binary float ever holds an amount."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

MONEY_PRECISION = 18
MONEY_SCALE = 6
"""What is told is DECIMAL(18, 6) in raw tables: up to 999,999,999,999.999999. What is worked out of it, from the conformed layer on, is
DECIMAL(38, 6)."""

_MINOR_DIGITS = {
    "BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3,
    "BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0,
    "RWF": 0, "UGX": 0, "UYI": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
}  # fmt: skip

_MOST_DIGITS = 400
_PLAIN = re.compile(r"\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)\s*")


def decimal_of(value: object) -> Decimal:
    """A number of JSON, or its text in plain digits; NaN for anything else, so that landing sets aside what is made of it.

    A text with an exponent is none: ``"1e9"`` is a slip rather than a billion, and ``"1e999999"`` written out fills the memory.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        return Decimal("NaN")
    if isinstance(value, str) and not _PLAIN.fullmatch(value):
        return Decimal("NaN")
    found = Decimal(str(value).strip())
    return found if found.is_finite() else Decimal("NaN")


def number_text(written: str) -> str:
    """A JSON number as text in plain digits, for ``json.loads(parse_float=…)``: PHP and Python write 0.00001 as ``1.0e-5``.

    One of more than 400 digits stays as it is, and is set aside.
    """
    if "e" not in written.lower():
        return written
    try:
        found = Decimal(written)
    except InvalidOperation:  # its exponent is more than a decimal can have
        return written
    return format(found, "f") if abs(found.adjusted()) <= _MOST_DIGITS else written


def minor_digits(currency: str) -> int:
    """Digits after the point in ``currency`` (ISO 4217): 2 for most, 0 for JPY, 3 for KWD."""
    return _MINOR_DIGITS.get(currency, 2)


def from_minor(amount: int, currency: str) -> Decimal:
    """An amount in minor units (cents) as a decimal: ``from_minor(1999, "EUR") == Decimal("19.99")``."""
    return Decimal(amount).scaleb(-minor_digits(currency))


def round_to_minor(amount: Decimal, currency: str) -> Decimal:
    """Round half away from zero to the smallest unit of ``currency``."""
    return amount.quantize(Decimal(1).scaleb(-minor_digits(currency)), rounding=ROUND_HALF_UP)
