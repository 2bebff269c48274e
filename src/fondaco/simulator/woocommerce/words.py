"""How WooCommerce writes money, times and addresses of one shop."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from fondaco.money import minor_digits

VERSION = "10.1.2"


class WorldStore(Protocol):
    """What the endpoint needs of the world."""

    def rows(self, sql: str, params: Any = ...) -> list[dict[str, Any]]: ...


class Words:
    """One shop's way of writing, and the queries over its rows."""

    def __init__(self, store: WorldStore, shop: dict[str, Any], base_url: str) -> None:
        self._store = store
        self._base_url = base_url
        self.shop_id: str = shop["shop_id"]
        self.zone = ZoneInfo(shop["time_zone"])
        self.currency: str = shop["currency"]
        self.taxes_included: bool = shop["taxes_included"]
        self.tax_percent = shop["tax_rate"] * 100
        self.version = VERSION
        self._digits = minor_digits(self.currency)

    def rows(self, sql: str, ids: Sequence[int]) -> list[dict[str, Any]]:
        """Run a query with the parameters shop and ids."""
        return self._store.rows(sql, {"shop": self.shop_id, "ids": list(ids)})

    def money(self, places: int) -> Callable[[int], str]:
        """Writes minor units as text with so many places."""
        digits = self._digits

        def write(amount: int) -> str:
            sign, whole = ("-" if amount < 0 else ""), abs(int(amount))
            text = f"{whole:0{digits + 1}d}"
            units, cents = (text[:-digits], text[-digits:]) if digits else (text, "")
            shown = (cents + "0" * places)[: max(places, digits)]
            return f"{sign}{units}.{shown}" if shown else f"{sign}{units}"

        return write

    def one_time(self, name: str, moment: datetime | None) -> dict[str, Any]:
        """A field in GMT, written without an offset."""
        return {name: f"{moment:%Y-%m-%dT%H:%M:%S}" if moment else None}

    def both_times(self, name: str, moment: datetime | None) -> dict[str, Any]:
        """A field in the site's own time and its twin in GMT, both written without an offset."""
        local = moment.replace(tzinfo=UTC).astimezone(self.zone) if moment else None
        return {**self.one_time(name, local), **self.one_time(f"{name}_gmt", moment)}

    @staticmethod
    def names(row: dict[str, Any]) -> tuple[str, str]:
        """First and last name for an order's address, as far as the e-mail tells."""
        local = str(row.get("email") or "guest").partition("@")[0]
        first, _, last = local.partition(".")
        return first.title(), last.title()

    def link(self, path: str) -> str:
        return f"{self._base_url}/wp-json/{path}"
