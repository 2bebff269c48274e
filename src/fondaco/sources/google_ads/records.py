"""Rows of the API as flat records, amounts exact."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from typing import Any

from fondaco.sources.google_ads.fields import Field
from fondaco.sources.stream import ColumnType

_MICROS = 1_000_000

Reader = Callable[[Any], dict[str, Any]]
"""From a GoogleAdsRow (protobuf) to a record by column."""


def reader_of(fields: Sequence[Field], row: Any) -> Reader:
    """How ``fields`` are taken out of rows like the (empty) protobuf message ``row``.

    Raises
    ------
    KeyError
        If this version of the API has no such field.
    """
    getters = [(field.column, _getter(field, row.DESCRIPTOR)) for field in fields]
    return lambda message: {column: get(message) for column, get in getters}


def _getter(field: Field, descriptor: Any) -> Callable[[Any], Any]:
    *above, last = field.gaql.split(".")
    for step in above:
        descriptor = descriptor.fields_by_name[step].message_type
    # The client's messages write the fields that are words of Python, such as type, with a line at the end.
    leaf = descriptor.fields_by_name.get(f"{last}_") or descriptor.fields_by_name[last]
    name = leaf.name
    parent, value = attrgetter(".".join(above)), attrgetter(".".join((*above, name)))
    shape = _shape(field, leaf)
    # A figure of nought may be left out of an answer; anything else that is left out is unknown.
    if above[0] == "metrics":
        return lambda row: shape(value(row))
    if leaf.has_presence:
        return lambda row: shape(value(row)) if parent(row).HasField(name) else None
    return lambda row: shape(value(row))


def _shape(field: Field, leaf: Any) -> Callable[[Any], Any]:
    if leaf.enum_type is not None:
        names: Mapping[int, str] = {v.number: v.name for v in leaf.enum_type.values if v.number > 0}
        return lambda number: names.get(number) or (f"UNKNOWN_{number}" if number > 1 else None)
    if field.type is ColumnType.DECIMAL:
        return decimal_of_micros if leaf.cpp_type == leaf.CPPTYPE_INT64 else decimal_of_double
    if field.type is ColumnType.JSON:
        return list
    if field.type is ColumnType.DATE:
        return lambda text: text[:10] or None
    if field.type is ColumnType.TEXT:
        return lambda text: text or None
    return lambda value: value


def decimal_of_micros(micros: int) -> str:
    """Millionths as a decimal number: 1230000 is "1.230000". No float is between."""
    whole, rest = divmod(abs(micros), _MICROS)
    return f"{'-' if micros < 0 else ''}{whole}.{rest:06d}"


def decimal_of_double(value: float) -> str:
    """A value that the API has in binary, to six places."""
    return f"{value:.6f}"
