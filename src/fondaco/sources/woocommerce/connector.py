"""The WooCommerce source: which lists are read for a slice, and what becomes of their records."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any, ClassVar, Self

from fondaco.clock import Clock, parse_instant, utc_now
from fondaco.errors import ConfigError
from fondaco.sources.http import NotFoundError
from fondaco.sources.source import ReportDay, SourceSettings
from fondaco.sources.stream import Check, Page, Slice, Stream, Tombstone
from fondaco.sources.waiting import pause
from fondaco.sources.webhooks import Subscription, Webhooks
from fondaco.sources.woocommerce import records
from fondaco.sources.woocommerce.checking import REFUNDS_PATH, check
from fondaco.sources.woocommerce.client import Record, WooCommerceClient
from fondaco.sources.woocommerce.report import REPORT_NAME, report_days
from fondaco.sources.woocommerce.settings import WooCommerceSettings
from fondaco.sources.woocommerce.streams import STREAMS
from fondaco.sources.woocommerce.subscriptions import WEBHOOKS_PATH, subscribe, subscriptions
from fondaco.sources.woocommerce.webhooks import TOPICS, WooCommerceWebhooks

_ORDERS_PATH = "wc/v3/orders"
_PLACES = 6
"""Decimal places asked for; a shop's own two would round what adds up to an order's total."""

_IDS_A_PAGE = 100
_SLACK = timedelta(seconds=1)
_CHANGED_WHILE_READ = timedelta(minutes=1)
_EVERYTHING: dict[str, tuple[dict[str, Any], ...]] = {
    # status=any leaves the trash out.
    "orders": ({"status": "any", "dp": _PLACES}, {"status": "trash", "dp": _PLACES}),
    "customers": ({"role": "all"},),
    "products": ({"status": "any", "dp": _PLACES},),
    "categories": ({},),
    "coupons": ({"dp": _PLACES},),
}
_PATHS = {"categories": "wc/v3/products/categories"}
"""Of streams that are not at ``wc/v3/<stream>``."""

_TRASH = {"orders": _ORDERS_PATH, "products": "wc/v3/products"}


class WooCommerce:
    """One WooCommerce shop."""

    name: ClassVar[str] = "woocommerce"
    title: ClassVar[str] = "WooCommerce"
    settings_type: ClassVar[type[SourceSettings]] = WooCommerceSettings
    streams: ClassVar[tuple[Stream, ...]] = STREAMS
    report_name: ClassVar[str | None] = REPORT_NAME
    webhooks: ClassVar[Webhooks] = WooCommerceWebhooks()

    def __init__(
        self,
        settings: WooCommerceSettings,
        *,
        clock: Clock = utc_now,
        sleep: Callable[[float], None] = pause,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._client = WooCommerceClient(settings, clock=clock, sleep=sleep)

    @classmethod
    def connect(cls, settings: SourceSettings) -> Self:
        if not isinstance(settings, WooCommerceSettings):
            raise TypeError(f"{type(settings).__name__} are no settings of WooCommerce")
        return cls(settings)

    def close(self) -> None:
        self._client.close()

    def check(self) -> Check:
        return check(self._client)

    def read(self, stream: Stream, part: Slice) -> Iterator[Page]:
        if stream.name == "orders":
            found = self._changed_orders(*_bounds(part), dp=_PLACES)
        elif stream.name == "refunds":
            found = self._refunds(part)
        else:
            found = self._all(stream)
        shape = self._product if stream.name == "products" else records.SHAPES[stream.name]
        for rows in found:
            yield Page.of(shape(row) for row in rows)
        for warning in self._client.take_warnings():
            yield Page(b"", 0, warning)

    def read_again(self, stream: Stream, ids: Sequence[str]) -> Iterator[Page]:
        """Records by their ids; refunds by the ids of their orders, which is all that a delivery tells."""
        if stream.name == "refunds":
            for order_id in ids:
                with suppress(NotFoundError):
                    for rows in self._refunds_of(int(order_id)):
                        yield Page.of(records.refund(row) for row in rows)
            return
        shape = self._product if stream.name == "products" else records.SHAPES[stream.name]
        for start in range(0, len(ids), _IDS_A_PAGE):
            include = ",".join(ids[start : start + _IDS_A_PAGE])
            for parameters in _EVERYTHING[stream.name]:
                for rows in self._client.pages(_path(stream), include=include, **parameters):
                    yield Page.of(shape(row) for row in rows)

    def topics(self) -> tuple[str, ...]:
        return TOPICS

    def subscriptions(self) -> list[Subscription]:
        return subscriptions(self._client)

    def subscribe(self, topic: str, address: str, secret: str) -> Subscription:
        return subscribe(self._client, topic, address, secret)

    def unsubscribe(self, subscription_id: str) -> None:
        with suppress(NotFoundError):
            self._client.send("DELETE", f"{WEBHOOKS_PATH}/{subscription_id}", force="true")

    def tombstones(self, since: datetime, until: datetime) -> Iterator[Tombstone]:
        """What was moved to the trash. What was deleted for good is found by comparing ids."""
        for stream, path in _TRASH.items():
            window = _window("modified", since, until)
            for rows in self._client.pages(path, status="trash", **window):
                self._hold_to_window(rows, "date_modified_gmt", since, until)
                for row in rows:
                    deleted_at = parse_instant(row["date_modified_gmt"])
                    if since <= deleted_at < until:
                        yield Tombstone(stream, str(row["id"]), deleted_at, "trash")

    def ids(self, stream: Stream) -> Iterator[str] | None:
        if stream.name == "refunds":
            if not self._lists_refunds():
                return None
            return self._ids(REFUNDS_PATH, ({},))
        return self._ids(_path(stream), _EVERYTHING[stream.name])

    def report(self, first: date, last: date) -> list[ReportDay] | None:
        return report_days(self._client, first, last)

    def _ids(self, path: str, lists: Iterable[Record]) -> Iterator[str]:
        for parameters in lists:
            for rows in self._client.pages(path, _fields="id", **parameters):
                yield from (str(row["id"]) for row in rows)

    def _all(self, stream: Stream) -> Iterator[list[Record]]:
        for parameters in _EVERYTHING[stream.name]:
            yield from self._client.pages(_path(stream), **parameters)

    def _product(self, row: Record) -> Record:
        variations: list[Record] = []
        if row.get("variations") or str(row.get("type", "")).startswith("variable"):
            for rows in self._client.pages(f"wc/v3/products/{row['id']}/variations", dp=_PLACES):
                variations.extend(rows)
        return records.product(row, variations, self._settings.unit_cost_keys)

    def _changed_orders(self, since: datetime, until: datetime, **parameters: Any) -> Iterator[list[Record]]:
        for status in ("any", "trash"):
            window = _window("modified", since, until)
            for rows in self._client.pages(_ORDERS_PATH, status=status, **window, **parameters):
                self._hold_to_window(rows, "date_modified_gmt", since, until)
                yield rows

    def _refunds(self, part: Slice) -> Iterator[list[Record]]:
        """Refunds made in the window, then those of orders that changed in it.

        The second look finds what the first cannot: refunds that were entered with an older date, and all refunds of
        shops without the list. History needs it only there: every refund has some date.
        """
        since, until = _bounds(part)
        known: set[int] = set()
        has_list = self._lists_refunds()
        if has_list:
            window = _window("", since, until)
            for rows in self._client.pages(REFUNDS_PATH, dp=_PLACES, **window):
                self._hold_to_window(rows, "date_created_gmt", since, until)
                known.update(row["id"] for row in rows)
                yield rows
        if has_list and part.kind == "backfill":
            return
        for orders in self._changed_orders(since, until, _fields="id,date_modified_gmt,refunds"):
            for order in orders:
                if any(ref.get("id") not in known for ref in order.get("refunds") or ()):
                    yield from self._refunds_of(order["id"])

    def _refunds_of(self, order_id: int) -> Iterator[list[Record]]:
        for rows in self._client.pages(f"{_ORDERS_PATH}/{order_id}/refunds", dp=_PLACES):
            for row in rows:
                row["parent_id"] = order_id  # this list alone leaves it out
            yield rows

    def _lists_refunds(self) -> bool:
        try:
            self._client.get(REFUNDS_PATH, per_page=1, _fields="id")
        except NotFoundError:
            return False
        return True

    def _hold_to_window(self, rows: list[Record], field: str, since: datetime, until: datetime) -> None:
        """Old versions ignore the filter without a word; then a slice would hold the whole shop, and its end be lost."""
        for row in rows:
            text = row.get(field)
            if not text:
                continue
            moment = parse_instant(text)
            if since - _SLACK <= moment < until + _SLACK or moment >= self._clock() - _CHANGED_WHILE_READ:
                continue
            raise ConfigError(
                f"WooCommerce answered with {field} {text} where {since:%Y-%m-%dT%H:%M:%S} to "
                f"{until:%Y-%m-%dT%H:%M:%S} was asked for: it ignores the filter.",
                "Update WooCommerce to 5.8 or later, or switch off the plugin that changes the REST API; then run "
                "`fondaco run` again.",
            )


def _path(stream: Stream) -> str:
    return _PATHS.get(stream.name, f"wc/v3/{stream.name}")


def _bounds(part: Slice) -> tuple[datetime, datetime]:
    if part.since is None or part.until is None:
        raise ValueError(f"a slice of {part.stream} needs bounds")
    return part.since, part.until


def _window(clock: str, since: datetime, until: datetime) -> dict[str, Any]:
    """Filters for [since, until). WooCommerce's ``after`` leaves its own second out, its ``before`` too."""
    prefix = f"{clock}_" if clock else ""
    return {
        f"{prefix}after": f"{since - _SLACK:%Y-%m-%dT%H:%M:%S}",
        f"{prefix}before": f"{until:%Y-%m-%dT%H:%M:%S}",
        "dates_are_gmt": "true",
    }
