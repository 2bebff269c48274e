"""The Shopify source: chooses between pages and bulk operations, and knows what a credential can and cannot see."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import ClassVar, Self

from fondaco.clock import Clock, format_instant, parse_instant, utc_now
from fondaco.errors import RetryableError
from fondaco.sources.http import VendorHttp
from fondaco.sources.shopify import documents
from fondaco.sources.shopify.auth import TokenKeeper
from fondaco.sources.shopify.bulk import (
    BulkFailedError,
    BulkReader,
    Result,
    Seen,
    as_page,
    look_at,
    parents_of,
    plain,
)
from fondaco.sources.shopify.documents import RESOURCES
from fondaco.sources.shopify.forms import Resource
from fondaco.sources.shopify.graphql import GraphQLClient
from fondaco.sources.shopify.paged import PagedReader, Turning
from fondaco.sources.shopify.report import REPORT_NAME, report_days, report_query
from fondaco.sources.shopify.settings import ShopifySettings
from fondaco.sources.shopify.streams import PAYMENTS_SCOPE, STREAMS
from fondaco.sources.shopify.subscriptions import ShopifySubscriptions
from fondaco.sources.shopify.webhooks import TOPICS, ShopifyWebhooks
from fondaco.sources.source import ReportDay, SourceSettings
from fondaco.sources.stream import Check, Page, Slice, Stream, Tombstone
from fondaco.sources.waiting import pause
from fondaco.sources.webhooks import Subscription, Webhooks

BULK_FROM = 30
"""Slices with at least this many records are read by a bulk operation, smaller ones by pages. A page within the cost
limit holds few orders (six, where all lists are asked for), and each waits for points to be restored: a bulk operation is
sooner there for all but the smallest slices."""

_SMALLEST_WINDOW = timedelta(minutes=30)
_ORDER_HORIZON = timedelta(days=60)
_WHOLE_ATTEMPTS = 3
_SUBJECTS = {"ORDER": "orders", "CUSTOMER": "customers", "PRODUCT": "products"}
_CONSEQUENCES = {
    "read_orders": "no orders can be read",
    "read_customers": "no customers can be read",
    "read_products": "no products can be read",
    "read_inventory": "no stock and no unit cost can be read",
    "read_locations": "stock cannot be told apart by location",
    "read_discounts": "no discounts can be read",
    "read_reports": "sales cannot be compared with Shopify's own report",
    PAYMENTS_SCOPE: "no payouts, disputes and fees of Shopify Payments can be read",
}


class Shopify:
    """One Shopify shop."""

    name: ClassVar[str] = "shopify"
    title: ClassVar[str] = "Shopify"
    settings_type: ClassVar[type[SourceSettings]] = ShopifySettings
    streams: ClassVar[tuple[Stream, ...]] = STREAMS
    report_name: ClassVar[str | None] = REPORT_NAME
    webhooks: ClassVar[Webhooks] = ShopifyWebhooks()

    def __init__(
        self,
        settings: ShopifySettings,
        *,
        clock: Clock = utc_now,
        sleep: Callable[[float], None] = pause,
        bulk_from: int = BULK_FROM,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._bulk_from = bulk_from
        self._first_change: datetime | None = None
        self._http = VendorHttp(self.title, sleep=sleep)
        self._client = GraphQLClient(
            settings.endpoint, self._http, TokenKeeper(settings, self._http, clock), sleep=sleep
        )
        self._paged = PagedReader(self._client)
        self._bulk = BulkReader(self._client, self._http, sleep=sleep)
        self._subscriptions = ShopifySubscriptions(self._client)

    @classmethod
    def connect(cls, settings: SourceSettings) -> Self:
        if not isinstance(settings, ShopifySettings):
            raise TypeError(f"{type(settings).__name__} are no settings of Shopify")
        return cls(settings)

    def close(self) -> None:
        self._http.close()

    def check(self) -> Check:
        data = self._client.run(documents.SHOP)
        shop = data["shop"]
        scopes = {scope["handle"] for scope in data["currentAppInstallation"]["accessScopes"]}
        readable = scopes | {f"read_{scope[6:]}" for scope in scopes if scope.startswith("write_")}
        missing = tuple(
            f"{scope}: without it {loss}." for scope, loss in _CONSEQUENCES.items() if scope not in readable
        )
        warnings: tuple[str, ...] = ()
        if "read_orders" in readable and "read_all_orders" not in readable:
            warnings = self._horizon_warning()
        return Check(
            shop_name=shop["name"],
            currency=shop["currencyCode"],
            time_zone=shop["ianaTimezone"],
            missing=missing,
            warnings=warnings,
            details={
                "domain": shop["myshopifyDomain"],
                "api_version": self._settings.api_version,
                "prices_include_tax": "yes" if shop["taxesIncluded"] else "no",
                "scopes": ", ".join(sorted(scopes)),
            },
        )

    def read(self, stream: Stream, part: Slice) -> Iterator[Page]:
        resource = RESOURCES[stream.name]
        since = part.since
        if resource.within:
            yield from self._paged.read(resource, _search(since, part.until, resource.cursor))
            return
        if part.kind == "backfill" and stream.backfill_window is None:
            since = None  # customers and products that no one has touched since start_date are needed all the same
        elif part.kind == "backfill" and part.until is not None and self._is_before_all_orders(part.until):
            return
        if self._is_large(resource, part, since):
            yield from self._read_in_bulk(resource, since, part.until)
        else:
            yield from self._paged.read(resource, _search(since, part.until))

    def read_again(self, stream: Stream, ids: Sequence[str]) -> Iterator[Page]:
        yield from self._paged.read_by_id(RESOURCES[stream.name], ids)

    def topics(self) -> tuple[str, ...]:
        return tuple(TOPICS)

    def subscriptions(self) -> list[Subscription]:
        return self._subscriptions.all()

    def subscribe(self, topic: str, address: str, secret: str) -> Subscription:
        """Set up a topic. Shopify signs with the app's own secret, whatever ``secret`` is."""
        return self._subscriptions.create(topic, address)

    def unsubscribe(self, subscription_id: str) -> None:
        self._subscriptions.delete(subscription_id)

    def tombstones(self, since: datetime, until: datetime) -> Iterator[Tombstone]:
        search = f"action:destroy created_at:>='{_second(since)}' created_at:<'{_second(until, up=True)}'"
        after: str | None = None
        turned = Turning()
        while True:
            events = self._client.run(documents.DELETIONS, {"query": search, "after": after})["events"]
            if events is None:
                return
            for event in events["nodes"]:
                deleted_at = parse_instant(event["createdAt"])
                stream = _SUBJECTS.get(event.get("subjectType", ""))
                if stream and event["action"] == "destroy" and since <= deleted_at < until:
                    yield Tombstone(stream, event["subjectId"], deleted_at, "event")
            if not events["pageInfo"]["hasNextPage"]:
                return
            after = turned.next(events["pageInfo"]["endCursor"])

    def ids(self, stream: Stream) -> Iterator[str] | None:
        """Ids of all records. None for orders while only the last 60 days can be seen: the rest is not deleted. None for
        what Shopify Payments keeps, which is never deleted."""
        if RESOURCES[stream.name].within:
            return None
        if stream.name == "orders" and not self._sees_all_orders():
            return None
        return self._ids(RESOURCES[stream.name])

    def report(self, first: date, last: date) -> list[ReportDay] | None:
        data = self._client.run(documents.SALES_REPORT, {"query": report_query(first, last)})
        return report_days(data["shopifyqlQuery"], first, last)

    def _sees_all_orders(self) -> bool:
        scopes = self._client.run(documents.SHOP)["currentAppInstallation"]["accessScopes"]
        return any(scope["handle"] == "read_all_orders" for scope in scopes)

    def _horizon_warning(self) -> tuple[str, ...]:
        """Without read_all_orders older orders are not refused, they are just not there."""
        start = datetime.combine(self._settings.start_date, datetime.min.time(), UTC)
        horizon = self._clock() - _ORDER_HORIZON
        if start >= horizon:
            return ()
        nodes = self._client.run(documents.OLDEST_ORDER)["orders"]["nodes"]
        if nodes and parse_instant(nodes[0]["createdAt"]) < horizon - timedelta(days=1):
            return ()
        return (
            "Only the last 60 days of orders can be read; grant read_all_orders to read back to "
            f"{self._settings.start_date.isoformat()}.",
        )

    def _is_before_all_orders(self, moment: datetime) -> bool:
        """Years before the shop opened cost one question, not one a month. The first change can only move on in time."""
        if self._first_change is None:
            nodes = self._client.run(documents.FIRST_CHANGE)["orders"]["nodes"]
            if not nodes:
                return True
            first = nodes[0]["updatedAt"]
            if not isinstance(first, str):
                return False  # a malformed record: its slice is read, and sets it aside
            self._first_change = parse_instant(first)
        return moment <= self._first_change

    def _is_large(self, resource: Resource, part: Slice, since: datetime | None) -> bool:
        """Whether a bulk operation pays: its start and polling cost seconds, its reading costs no points."""
        if resource.count is None:
            return part.kind in ("backfill", "full")
        search = _search(since, part.until)
        found = self._client.run(resource.count_document(), {"query": search})[resource.count]
        return found is None or found["count"] >= self._bulk_from or found["precision"] != "EXACT"

    def _read_in_bulk(
        self, resource: Resource, since: datetime | None, until: datetime | None
    ) -> Iterator[Page]:
        for attempt in range(1, _WHOLE_ATTEMPTS + 1):
            try:
                results = self._run_bulk(resource, _search(since, until))
                break
            except BulkFailedError as error:
                if since is not None and until is not None and until - since > _SMALLEST_WINDOW:
                    middle = _whole_second(since + (until - since) / 2)
                    yield from self._read_in_bulk(resource, middle, until)
                    yield from self._read_in_bulk(resource, since, middle)
                    return
                if attempt == _WHOLE_ATTEMPTS:
                    raise RetryableError(error.what, error.remedy) from error
        yield from self._deliver(resource, results)

    def _run_bulk(self, resource: Resource, search: str | None) -> list[Result]:
        """Run all parts beside each other; they stay within the five operations that an app may have."""
        started = [
            self._bulk.start(resource.bulk_document(part, search)) for part in range(len(resource.bulk_parts))
        ]
        return [self._bulk.wait(operation) for operation in started]

    def _deliver(self, resource: Resource, results: Sequence[Result]) -> Iterator[Page]:
        """All lines of the results, then what bulk results cannot hold, may have cut, or do not agree on."""
        seen: list[Seen] = []
        for index, result in enumerate(results):
            seen.append(Seen())
            for piece in self._bulk.lines(result):
                look_at(piece, seen[-1])
                page = as_page(piece, roots=index == 0)
                if page is not None:
                    yield page
        roots = seen[0].roots
        again = set().union(*(roots - other.roots for other in seen[1:]))
        for result, part in zip(results, seen, strict=True):
            again |= self._roots_of(part.cut, part.roots, result)
        whole = sorted(plain(gid) for gid in again)
        yield from self._paged.read_by_id(resource, whole)
        refunded = [plain(gid) for gid in seen[0].refunded if gid not in again]
        yield from self._paged.read_refunds(refunded)

    def _roots_of(self, cut: set[bytes], roots: set[bytes], result: Result) -> set[bytes]:
        """The records above ``cut`` parents: themselves, or for agreements the order, found by a second look."""
        below = cut - roots
        found = cut & roots
        if not below:
            return found
        for piece in self._bulk.lines(result):
            found |= parents_of(piece, below)
        return found

    def _ids(self, resource: Resource) -> Iterator[str]:
        try:
            result = self._bulk.wait(self._bulk.start(resource.ids_document()))
        except BulkFailedError as error:
            raise RetryableError(error.what, error.remedy) from error
        for piece in self._bulk.lines(result):
            seen = Seen()
            look_at(piece, seen)
            if len(seen.roots) != seen.lines:
                raise RetryableError(
                    f"{seen.lines - len(seen.roots)} lines of a list of ids carry no id, so nothing was compared with it.",
                    "Run `fondaco run` again; if it stays, report this.",
                )
            yield from map(plain, seen.roots)


def _search(since: datetime | None, until: datetime | None, cursor: str = "updated_at") -> str | None:
    """Shopify's search for records whose ``cursor`` lies in [since, until), widened to whole seconds."""
    terms = []
    if since is not None:
        terms.append(f"{cursor}:>='{_second(since)}'")
    if until is not None:
        terms.append(f"{cursor}:<'{_second(until, up=True)}'")
    return " ".join(terms) or None


def _second(moment: datetime, *, up: bool = False) -> str:
    whole = _whole_second(moment)
    if up and whole < moment:
        whole += timedelta(seconds=1)
    return format_instant(whole)


def _whole_second(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)
