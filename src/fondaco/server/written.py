"""Whole numbers that somebody else has written: in an address, or in a hidden field of a form."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path

_MOST_DIGITS = 9

RecordId = Annotated[int, Path(ge=1, le=2**31 - 1)]
"""The number of a record of the control plane, in an address."""


def whole_number(text: str) -> int:
    """The number; 0 where it is none, or larger than any place or version is: a text of a million digits takes long to read."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else 0
