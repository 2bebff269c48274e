"""From a database's rows to records: instants in UTC, amounts as decimals, words as ours."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from fondaco.money import minor_digits
from fondaco.sources.database.client import Answer, Kind
from fondaco.sources.database.mapping import ColumnMapping
from fondaco.sources.database.questions import Question
from fondaco.sources.database.streams import STREAMS
from fondaco.sources.stream import ColumnType

_TYPES = {
    stream.name: {column.name: column.type for column in stream.tables[0].columns} for stream in STREAMS
}
_CURRENCY = re.compile(r"[A-Z]{3}")
_TELLABLE = re.compile(r"[a-z0-9_ -]{1,30}")
_MOST_TOLD = 8
_NO_INSTANT = "0000-00-00"


class RowShaper:
    """Shapes the rows of one stream, and keeps count of words that the mapping does not know."""

    def __init__(self, question: Question, currency: str) -> None:
        self._question = question
        self._currency = currency
        self._types = _TYPES[question.mapping.name]
        self._unknown: dict[str, Counter[str]] = {}

    def records(self, answer: Answer) -> Iterator[dict[str, Any]]:
        """A record a row, without what is null."""
        read = self._question.read
        kinds = answer.kinds
        for row in answer.rows:
            record: dict[str, Any] = {}
            for column, kind, value in zip(read, kinds, row, strict=True):
                if value is not None and column.name:
                    record[column.name] = self._shaped(column, kind, value)
            self._scale(record)
            yield record

    def warnings(self) -> list[str]:
        """A sentence for each column with words that the mapping does not know. Words are told only where they can be no one's data."""
        told = []
        for column, words in self._unknown.items():
            rows = sum(words.values())
            names = [word for word, _ in words.most_common(_MOST_TOLD)]
            few = len(words) <= _MOST_TOLD and all(map(_TELLABLE.fullmatch, names))
            which = ", ".join(names) if few else f"{len(words):,} words"
            told.append(
                f"{column} is {which} in {rows:,} rows, which the mapping does not know; say what it means under `values`."
            )
        return told

    def _shaped(self, column: ColumnMapping, kind: Kind, value: Any) -> Any:
        wanted = self._types[column.name]
        if wanted is ColumnType.TIMESTAMP:
            return _instant(_plain(value), kind, column.time_zone)
        if wanted is ColumnType.BOOL and isinstance(value, bytes):
            return str(int.from_bytes(value))  # bit(1)
        shaped = _plain(value)
        if column.words is None:
            return shaped
        word = str(shaped).strip().lower()
        if word not in column.words:
            self._unknown.setdefault(column.name, Counter())[word] += 1
            return word
        return column.words[word]

    def _scale(self, record: dict[str, Any]) -> None:
        """Amounts in cents become amounts in units of the row's currency."""
        currency = str(record.get("currency") or "")
        digits = minor_digits(currency if _CURRENCY.fullmatch(currency) else self._currency)
        for column in self._question.read:
            if column.minor and column.name in record:
                record[column.name] = _from_minor(record[column.name], digits)


def _plain(value: Any) -> Any:
    """A value that JSON has, exact."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | str):
        return value
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, bytes | bytearray | memoryview):
        return _text(bytes(value))
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, default=str)
    return f"{value:f}" if isinstance(value, Decimal) and value.is_finite() else str(value)


def _text(value: bytes) -> str:
    try:
        decoded = value.decode()
    except UnicodeDecodeError:
        return value.hex()
    return decoded if decoded.isprintable() else value.hex()


def _from_minor(value: Any, digits: int) -> Any:
    """What is no number stays as it is: landing sets it aside and says so."""
    try:
        return f"{Decimal(str(value)).scaleb(-digits):f}"
    except (InvalidOperation, ValueError):
        return value


def _instant(value: Any, kind: Kind, time_zone: str) -> Any:
    """In UTC where it was told in another zone; null where MySQL writes a date of noughts."""
    if isinstance(value, str) and value.startswith(_NO_INSTANT):
        return None
    if kind is not Kind.LOCAL or time_zone == "UTC" or not isinstance(value, str):
        return value
    try:
        local = datetime.fromisoformat(value)
        return local.replace(tzinfo=ZoneInfo(time_zone)).astimezone(UTC).isoformat()
    except (ValueError, OverflowError):
        return value
