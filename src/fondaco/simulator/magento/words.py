"""How Magento writes amounts and instants."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol

Row = dict[str, Any]


class WorldStore(Protocol):
    """What the endpoint needs of the world."""

    @property
    def now(self) -> datetime: ...

    def rows(self, sql: str, params: Any = ...) -> list[dict[str, Any]]: ...


def money(cents: int | None) -> float | None:
    """A JSON number with the places that it needs."""
    return None if cents is None else int(cents) / 100


def instant(moment: datetime | None) -> str | None:
    """UTC, without an offset."""
    return None if moment is None else f"{moment:%Y-%m-%d %H:%M:%S}"


def twice(amounts: dict[str, int]) -> dict[str, float | None]:
    """Amounts in both currencies, which are one here: with ``base_`` and without."""
    shown = {name: money(cents) for name, cents in amounts.items()}
    return {**shown, **{f"base_{name}": amount for name, amount in shown.items()}}


def tax_portion(displayed: int, net: int, *, is_taxed: bool) -> int:
    """The tax in a discount that was taken off prices with tax: what Magento calls discount tax compensation."""
    return displayed - net if is_taxed else 0
