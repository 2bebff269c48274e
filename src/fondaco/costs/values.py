"""Reading what people write into a cell: amounts, rates, weights, days. Decimals are read exactly."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

_NUMBER = re.compile(r"(?P<whole>[0-9]{1,18})(?:(?P<mark>[.,])(?P<part>[0-9]{1,18}))?")


class UnreadableError(ValueError):
    """A cell that cannot be read, or could mean two things: a problem and a remedy."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(problem, remedy)
        self.problem = problem
        self.remedy = remedy


def read_number(text: str, *, decimal_comma: bool = False, typed: bool = False) -> Decimal:
    """A number of digits with at most one decimal mark: ``12.5``, ``12,5``.

    Parameters
    ----------
    decimal_comma
        Whether the file is one whose decimal mark is the comma. The other mark is understood too, but for ``1,234`` (here
        ``1.234``), which may mean thousands.
    typed
        Whether a person wrote it into a field, where nothing else says which mark is theirs: both are refused then before three
        digits.

    Raises
    ------
    UnreadableError
        If it is negative, no number, or may mean two numbers.
    """
    told = _short(text)
    if text.startswith(("-", "−", "(")) or text.endswith("-"):
        raise UnreadableError(f"{told} is negative.", "Write what it costs without a sign.")
    found = _NUMBER.fullmatch(text)
    if found is None:
        raise UnreadableError(
            f"{told} is not a number.",
            "Write digits with one decimal mark, such as 1234.50, and nothing else.",
        )
    whole, mark, part = found["whole"], found["mark"], found["part"]
    own = "," if decimal_comma else "."
    if mark is not None and (typed or mark != own) and _may_be_thousands(whole, part):
        fraction = f"{whole}{own}{part}{'0' if typed else ''}"
        raise UnreadableError(
            f"{told} may be {fraction} or {whole}{part}.", "Write the one that you mean, as it stands here."
        )
    return Decimal(f"{whole}.{part}" if part else whole)


def unmistakable(text: str) -> str:
    """A number as a form shows it: so that ``read_number`` takes what was typed there before for what it was."""
    whole, mark, part = text.partition(".")
    return f"{text}0" if mark and _may_be_thousands(whole, part) else text


def _may_be_thousands(whole: str, part: str) -> bool:
    return len(part) == 3 and len(whole) <= 3 and not whole.startswith("0")


def read_rate(text: str, *, decimal_comma: bool = False) -> Decimal:
    """A share from 0 to 1, written as ``40 %`` or ``0.4``.

    Raises
    ------
    UnreadableError
        As ``read_number``; also for ``40`` or ``1``, which may be a share or per cent, and above 100 %.
    """
    bare = text.removesuffix("%").rstrip()
    number = read_number(bare, decimal_comma=decimal_comma)
    if bare != text:
        if number > 100:
            raise UnreadableError(f"{_short(text)} is more than the whole.", "Write at most 100 %.")
        return number.scaleb(-2)
    if number >= 1:
        share = f" or {_plain(number)} as a share" if number == 1 else ""
        raise UnreadableError(
            f"{_short(text)} may be {_plain(number)} %{share}.",
            f"Write `{_plain(number)} %`{' or `100 %`' if number == 1 else ', or a share below 1 such as 0.4'}.",
        )
    return number


def read_grams(text: str) -> int:
    """Whole grams."""
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise UnreadableError(f"{_short(text)} is not a weight.", "Write whole grams, such as 500.")
    return int(text)


def read_count(text: str) -> int:
    """A whole number of contacts or messages."""
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise UnreadableError(f"{_short(text)} is not a whole number.", "Write digits alone, such as 5000.")
    return int(text)


def read_day(text: str) -> date:
    """A day as ``2026-01-31``."""
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass
    raise UnreadableError(f"{_short(text)} is not a day.", "Write it as year-month-day, such as 2026-01-31.")


def rate_text(rate: Decimal) -> str:
    """A share as ``read_rate`` reads it: ``40 %``."""
    return f"{_plain(rate.scaleb(2))} %"


def number_text(number: Decimal) -> str:
    """A number as ``read_number`` reads it, without an exponent."""
    return format(number, "f")


def _plain(number: Decimal) -> str:
    return format(number.normalize() + 0, "f")


def _short(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:40] + "…")
