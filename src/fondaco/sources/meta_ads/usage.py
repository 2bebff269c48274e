"""How much of its limits Meta says we have used, and how long to wait for it.

``x-fb-ads-insights-throttle`` has shares of the app's and the account's limit; ``x-business-use-case-usage`` has shares for each
account, and after how many minutes a blocked one may ask again; ``x-app-usage`` has the app's own.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

CALM_PERCENT = 75.0
"""Below this share nobody waits."""

_LONGEST_PAUSE_SECONDS = 60.0
_SHARES = (
    "app_id_util_pct", "acc_id_util_pct", "call_count", "total_cputime", "total_time",
)  # fmt: skip
_HEADERS = (
    "x-fb-ads-insights-throttle", "x-fb-ads-insights-reach-throttle", "x-business-use-case-usage", "x-app-usage",
    "x-ad-account-usage",
)  # fmt: skip
_REGAIN = "estimated_time_to_regain_access"


def used_percent(headers: Mapping[str, str]) -> float:
    """The largest share that any header of an answer tells; 0 where none does."""
    return max((_number(entry.get(name)) for entry in _entries(headers) for name in _SHARES), default=0.0)


def regain_seconds(headers: Mapping[str, str]) -> float | None:
    """After how long a blocked account may ask again, as Meta estimates; None where it does not say."""
    minutes = [_number(entry[_REGAIN]) for entry in _entries(headers) if _REGAIN in entry]
    return max(minutes) * 60.0 if minutes else None


def pause_seconds(percent: float) -> float:
    """How long to wait before the next request: nothing up to ``CALM_PERCENT``, a minute at the limit."""
    over = min(max(percent - CALM_PERCENT, 0.0) / (100.0 - CALM_PERCENT), 1.0)
    return _LONGEST_PAUSE_SECONDS * over


def _entries(headers: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    for name in _HEADERS:
        try:
            found = json.loads(headers[name])
        except (KeyError, ValueError):
            continue
        yield from _flat(found)


def _flat(found: Any) -> Iterator[dict[str, Any]]:
    """The header itself, or the entries in it: by account, then by kind of use."""
    if isinstance(found, dict):
        if any(name in found for name in (*_SHARES, _REGAIN)):
            yield found
        else:
            for part in found.values():
                yield from _flat(part)
    elif isinstance(found, list):
        for part in found:
            yield from _flat(part)


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return 0.0
