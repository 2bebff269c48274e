"""Records on their way to the spool: one kind of purchase chosen, instants with an offset that everybody reads.

What Fondaco adds stands in ``fondaco``, an object of ours inside the record. Meta's own lists of actions are kept whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from fondaco.sources.meta_ads.fields import PURCHASES

Record = dict[str, Any]

_INSTANTS = ("created_time", "updated_time", "start_time", "stop_time", "end_time")
_OFFSET = re.compile(r"([+-]\d{2})(\d{2})$")


def thing(record: Record) -> Record:
    """A campaign, an ad set or an ad."""
    for name in _INSTANTS:
        if isinstance(text := record.get(name), str):
            record[name] = _OFFSET.sub(r"\1:\2", text)
    return record


def insight(windows: Sequence[str]) -> Callable[[Record], Record]:
    """Shapes a row of a report in which purchases were asked for in these attribution windows."""

    def shape(record: Record) -> Record:
        kind = _chosen(record.get("actions")) or _chosen(record.get("action_values"))
        count, value = _entry(record.get("actions"), kind), _entry(record.get("action_values"), kind)
        record["fondaco"] = {
            "purchase_type": kind,
            # An ad without purchases in a window that was asked for has none; others are unknown.
            "purchases": count.get("value", "0"),
            "purchase_value": value.get("value", "0"),
            "outbound_clicks": _entry(record.get("outbound_clicks"), "outbound_click").get("value", "0"),
            **{f"purchases_{name}": count.get(name, "0") for name in windows},
            **{f"purchase_value_{name}": value.get(name, "0") for name in windows},
        }
        return record

    return shape


def _chosen(actions: Any) -> str | None:
    kinds = {one.get("action_type") for one in actions or () if isinstance(one, dict)}
    return next((kind for kind in PURCHASES if kind in kinds), None)


def _entry(actions: Any, kind: str | None) -> Record:
    return next(
        (one for one in actions or () if isinstance(one, dict) and one.get("action_type") == kind), {}
    )
