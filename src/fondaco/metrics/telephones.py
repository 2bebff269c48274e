"""Telephone numbers as people look for them: by their digits, however the shop wrote them down."""

from __future__ import annotations

import re

_LOOKS_LIKE_ONE = re.compile(r"[\d\s()+/.-]{5,}")

IN_SQL = "regexp_replace(replace({0}, '(0)', ''), '[^0-9]', '', 'g')"
"""The digits of a column, without a nought in brackets that is dialled at home only."""


def digits_of(text: str) -> str:
    """The digits to look for, without leading noughts, so that 030 1234 finds +49 30 1234; empty where it is no number."""
    if not _LOOKS_LIKE_ONE.fullmatch(text.strip()):
        return ""
    return re.sub(r"\D", "", text.replace("(0)", "")).lstrip("0")
