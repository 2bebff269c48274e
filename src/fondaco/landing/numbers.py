"""JSON numbers that a binary float cannot hold.

DuckDB reads a JSON number with a point or an exponent as a binary float. Up to 15 significant digits that is harmless: the
shortest text of the float is the number again. Longer ones are spooled as texts with a mark in front,
``13.445378151260504`` as ``"\\ue00013.445378151260504"``, and the mark is taken off again where the text is used, so that no
digit is ever lost. U+E000 belongs to the private-use characters, which no vendor's number starts with.
"""

from __future__ import annotations

import re

NUMBER = r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?"
"""What a field's text has to be to be read as one."""

MARK = "\ue000"
_MARK_BYTES = MARK.encode()

_EXACT_DIGITS = 15
_RUN = bytes.maketrans(
    bytes(range(256)), bytes(0x30 if chr(code) in "0123456789." else 0x20 for code in range(256))
)
_LONG_RUN = b"0" * (_EXACT_DIGITS + 1)
_TOKEN = re.compile(rb'"(?:[^"\\\n]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?')
_MARKED = re.compile(rf'"{MARK}([^"]*)"')


def mark_long_numbers(lines: bytes) -> tuple[bytes, bool]:
    """``lines`` with long numbers marked, and whether there were any."""
    # Nearly all pages end here, at the speed of memory.
    if _LONG_RUN not in lines.translate(_RUN):
        return lines, False
    marked = _TOKEN.sub(_mark, lines)
    return marked, marked != lines


def unmark(record: str) -> str:
    """The record as the vendor wrote it."""
    return _MARKED.sub(r"\1", record)


def unmark_json_sql(expression: str) -> str:
    """SQL for JSON text without marks."""
    return f"regexp_replace({expression}, '\"{MARK}([^\"]*)\"', '\\1', 'g')"


def unmark_text_sql(expression: str) -> str:
    """SQL for a field's text without the mark."""
    return f"ltrim({expression}, '{MARK}')"


def _mark(match: re.Match[bytes]) -> bytes:
    token = match[0]
    if token[:1] == b'"' or len(token) <= _EXACT_DIGITS or token.lstrip(b"-").isdigit():
        return token
    return b'"' + _MARK_BYTES + token + b'"'
