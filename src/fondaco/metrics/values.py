"""Which values dimensions have: whoever asks for one that nothing has would otherwise read nought for an answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from difflib import SequenceMatcher
from functools import partial

from fondaco.metrics.layer import SemanticLayer
from fondaco.metrics.query import MetricQuery
from fondaco.warehouse.engine import Reader

_NEAREST = 5


@dataclass(frozen=True, slots=True)
class UnknownValue:
    """A value of a condition that no row has, on whatever day.

    Attributes
    ----------
    nearest
        Values that rows do have, the most alike first; all of them when they are few.
    others
        How many more there are.
    """

    dimension: str
    value: str
    nearest: tuple[str, ...]
    others: int


def unknown_values(
    layer: SemanticLayer, reader: Reader, query: MetricQuery, tenant_id: str
) -> Iterator[UnknownValue]:
    """Values of ``query.where`` that do not exist."""
    always = replace(query, first=date.min, last=date.max, where={}, order_by=(), limit=None)
    for name, values in query.conditions().items():

        def found(among: MetricQuery, name: str = name) -> set[str]:
            rows = layer.query(reader, replace(among, by=(name,)), tenant_id)
            return {str(value or "") for value in rows.column(name).to_pylist()}

        missing = set(values) - found(replace(always, where={name: values}))
        existing = found(always) if missing else set()
        for value in sorted(missing):
            ranked = sorted(existing - {""}, key=partial(_distance, value))
            yield UnknownValue(name, value, tuple(ranked[:_NEAREST]), len(ranked[_NEAREST:]))


def _distance(value: str, other: str) -> tuple[float, str]:
    """Less for more letters in common, whatever their case, and for one that holds the other."""
    one, two = value.casefold(), other.casefold()
    held = one in two or two in one
    return -SequenceMatcher(None, one, two).ratio() - held, other
