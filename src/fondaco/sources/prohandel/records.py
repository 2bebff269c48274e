"""Records as the mapping reads them: ProHandel's fields become Fondaco's columns, local times UTC, amounts those of the line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from fondaco.money import decimal_of
from fondaco.sources.prohandel.mapping import Mapping, StreamOf, fields_of
from fondaco.sources.stream import ColumnType

Record = dict[str, Any]

_ABSURD: dict[str, dict[str, tuple[bool, str]]] = {
    "articles": {"price": (False, "a price of 0 or less"), "unit_cost": (False, "a cost of 0 or less")},
    "article_sizes": {"price": (False, "a price of 0 or less"), "unit_cost": (False, "a cost of 0 or less")},
    "suppliers": {"lead_time_days": (True, "a lead time below 0"), "minimum_order_value": (True, "a minimum below 0")},
    "orders": {"unit_cost": (False, "a cost of 0 or less"), "received_quantity": (True, "a number below 0 of pieces that came")},
}  # fmt: skip
"""What cannot be meant, by stream and column: whether nought can, and what to call it. It is taken for untold."""

_PRIVATE = frozenset({"customers"})
"""Of people nothing is kept that no column asks for."""


class Shaper:
    """Makes rows of one stream out of the vendor's records."""

    def __init__(self, mapping: Mapping, stream: str, time_zone: ZoneInfo) -> None:
        self._meaning = mapping.meaning
        self._stream = stream
        self._chosen = mapping.stream(stream)
        self._types = fields_of(stream)
        self._zone = time_zone
        self.absurd: Counter[str] = Counter()
        """How often values were met that cannot be meant, by what they are."""
        self._read = {field.path[0] for field in self._chosen.fields.values() if field.path} | {
            *self._chosen.ignored,
            *filter(None, [self._chosen.lines]),
        }

    def rows(self, record: Record) -> Iterator[Record]:
        """The rows of a record: itself, or its lines."""
        for line in lines_of(record, self._chosen):
            found = {
                column: self._value(column, value_of(record, line, self._chosen, column))
                for column in self._chosen.fields
            }
            self._leave_out_the_absurd(found)
            finish = {"sales": self._sales, "orders": self._orders}.get(self._stream, dict)
            yield {**self._more(line), **finish(found)}

    def _value(self, column: str, value: Any) -> Any:
        kind = self._types[column]
        if kind is ColumnType.TIMESTAMP and isinstance(value, str):
            return in_utc(value, self._zone)
        if kind is ColumnType.TEXT and isinstance(value, str):
            return value.strip() or None
        return value

    def _leave_out_the_absurd(self, row: Record) -> None:
        for column, (may_be_nought, name) in _ABSURD.get(self._stream, {}).items():
            number = decimal_of(row.get(column))
            if number.is_finite() and (number < 0 or (number == 0 and not may_be_nought)):
                row[column] = None
                self.absurd[name] += 1

    def _more(self, line: Record) -> Record:
        """What no line of the mapping reads; landing keeps it apart and tells of it."""
        if self._stream in _PRIVATE:
            return {}
        more = {name: value for name, value in line.items() if name not in self._read}
        return {f"vendor_{name}" if name in self._types else name: value for name, value in more.items()}

    def _sales(self, row: Record) -> Record:
        """What the line came to, and what was taken off it. The pieces' sign is the sign of both."""
        quantity, meaning = decimal_of(row.get("quantity")), self._meaning
        price, discount = (_amount(row.pop("sale_price", None)), _amount(row.get("discount")) or Decimal(0))
        if price is not None:
            sign = -1 if quantity < 0 else 1
            paid = abs(price) * (abs(quantity) if meaning.sale_price == "piece" else 1)
            off = abs(discount) * (abs(quantity) if meaning.discount == "piece" else 1)
            row["discount"] = format(off * sign, "f")
            row["paid"] = format((paid if meaning.after_discount else paid - off) * sign, "f")
        row["vat_percent"] = format(meaning.vat_percent, "f")
        row["counts"] = not meaning.sale_types or str(row.get("type")) in meaning.sale_types
        return row

    def _orders(self, row: Record) -> Record:
        word = str(row.get("state") or "").strip().lower()
        row["status"] = "open"
        for status in ("cancelled", "received"):
            if word in {each.lower() for each in getattr(self._meaning, f"{status}_states")}:
                row["status"] = status
        return row


def lines_of(record: Record, chosen: StreamOf) -> list[Record]:
    """The rows in a record. A list that is none is no row: ``check`` names it."""
    if not chosen.lines:
        return [record]
    found = record.get(chosen.lines)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def value_of(record: Record, line: Record, chosen: StreamOf, column: str) -> Any:
    """What the mapping finds for a column; None where it is absent."""
    field = chosen.fields[column]
    found: Any = record if field.is_of_record else line
    for part in field.path:
        found = found.get(part) if isinstance(found, dict) else None
    return found if field.path else None


def in_utc(text: str, time_zone: ZoneInfo) -> str:
    """A time without an offset is the branches' own. What is no time stays as it is, and landing sets it aside."""
    try:
        moment = datetime.fromisoformat(text)
        local = moment.replace(tzinfo=time_zone) if moment.tzinfo is None else moment
        return local.astimezone(UTC).isoformat()
    except (ValueError, OverflowError):
        return text


def _amount(value: Any) -> Decimal | None:
    return None if value is None or value == "" else decimal_of(value)
