"""The Magento source: which list is read for a slice, and what becomes of its records."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from typing import Any, ClassVar, Self
from urllib.parse import quote

from fondaco.clock import Clock, utc_now
from fondaco.errors import AccessError
from fondaco.sources.http import NotFoundError
from fondaco.sources.magento.checking import STOCK, check
from fondaco.sources.magento.client import Filter, MagentoClient, Record, between
from fondaco.sources.magento.lists import LISTS
from fondaco.sources.magento.records import Shaper
from fondaco.sources.magento.settings import MagentoSettings
from fondaco.sources.magento.stores import StoreView, read_views
from fondaco.sources.magento.streams import STREAMS
from fondaco.sources.source import ReportDay, SourceSettings
from fondaco.sources.stream import Check, Page, Slice, Stream, SyncMode, Tombstone
from fondaco.sources.waiting import pause

_BY_STORE = ("orders", "invoices", "shipments", "credit_memos")
"""Streams whose records name the store view that they belong to."""

_UNTIL_THE_END = ("customers", "products")
"""What no one has touched since start_date is needed all the same."""

_UNTRACKED = ("source_items",)
"""Streams without an id to compare by; what they no longer have is removed by each reading."""

_IDS_A_PAGE = 100


class Magento:
    """One Magento shop, or some of its store views."""

    name: ClassVar[str] = "magento"
    title: ClassVar[str] = "Magento"
    settings_type: ClassVar[type[SourceSettings]] = MagentoSettings
    streams: ClassVar[tuple[Stream, ...]] = STREAMS
    report_name: ClassVar[str | None] = None

    def __init__(
        self,
        settings: MagentoSettings,
        *,
        clock: Clock = utc_now,
        sleep: Callable[[float], None] = pause,
    ) -> None:
        self._settings = settings
        self._client = MagentoClient(settings, clock=clock, sleep=sleep)
        self._views: list[StoreView] | None = None

    @classmethod
    def connect(cls, settings: SourceSettings) -> Self:
        if not isinstance(settings, MagentoSettings):
            raise TypeError(f"{type(settings).__name__} are no settings of Magento")
        return cls(settings)

    def close(self) -> None:
        self._client.close()

    def check(self) -> Check:
        return check(self._client, self._settings)

    def read(self, stream: Stream, part: Slice) -> Iterator[Page]:
        shaper = self._shaper(stream)
        for rows in self._found(stream, part):
            yield Page.of(shaper.shape(stream.name, self._completed(stream, row)) for row in rows)
        for warning in self._client.take_warnings():
            yield Page(b"", 0, warning)

    def read_again(self, stream: Stream, ids: Sequence[str]) -> Iterator[Page]:
        """Records by their ids."""
        shaper, listing = self._shaper(stream), LISTS[stream.name]
        for start in range(0, len(ids), _IDS_A_PAGE):
            chosen = Filter(listing.key, "in", ",".join(ids[start : start + _IDS_A_PAGE]))
            for rows in self._client.pages(listing, [chosen, *self._scope(stream)]):
                yield Page.of(shaper.shape(stream.name, self._completed(stream, row)) for row in rows)

    def tombstones(self, since: datetime, until: datetime) -> Iterator[Tombstone]:
        """Magento tells of no deletion; they are found by comparing ids."""
        return iter(())

    def ids(self, stream: Stream) -> Iterator[str] | None:
        return None if stream.name in _UNTRACKED else self._ids(stream)

    def report(self, first: date, last: date) -> list[ReportDay] | None:
        """Magento's sales reports are in its admin only; its REST API has none."""
        return None

    def _ids(self, stream: Stream) -> Iterator[str]:
        listing = LISTS[stream.name]
        # Without the wrapper and the count, Magento ignores the search.
        fields = f"items[{listing.shown}],total_count"
        for rows in self._client.pages(listing, self._scope(stream), fields=fields):
            yield from (str(row[listing.shown]) for row in rows)

    def _found(self, stream: Stream, part: Slice) -> Iterator[list[Record]]:
        listing = LISTS[stream.name]
        try:
            if stream.name == "source_items":
                yield from self._stock()
            elif stream.mode is SyncMode.FULL:
                yield from self._client.pages(listing)
            else:
                since = part.since
                if part.kind == "backfill" and stream.name in _UNTIL_THE_END:
                    since = None
                clock = "created_at" if stream.mode is SyncMode.CREATED else "updated_at"
                filters = [*between(clock, since, part.until), *self._scope(stream)]
                yield from self._client.pages(listing, filters)
        except NotFoundError:
            # Stock by source came with 2.3 and may be switched off; `check` says so.
            if stream.name not in STOCK:
                raise

    def _stock(self) -> Iterator[list[Record]]:
        for sources in self._client.pages(LISTS["sources"]):
            for code in filter(None, map(LISTS["sources"].key_of, sources)):
                chosen = Filter("source_code", "eq", str(code))
                yield from self._client.pages(LISTS["source_items"], [chosen])

    def _scope(self, stream: Stream) -> list[Filter]:
        """What keeps a reading to the store views of the connection."""
        if not self._settings.store_views:
            return []
        if stream.name in _BY_STORE:
            numbers = [view.store_id for view in self._chosen_views()]
            return [Filter("store_id", "in", ",".join(map(str, numbers)))]
        if stream.name == "customers":
            websites = dict.fromkeys(view.website_id for view in self._chosen_views())
            return [Filter("website_id", "in", ",".join(map(str, websites)))]
        return []

    def _chosen_views(self) -> list[StoreView]:
        if self._views is None:
            self._views = read_views(self._client, self._settings.store_views)
        return self._views

    def _shaper(self, stream: Stream) -> Shaper:
        settings = self._settings
        return Shaper(
            weight_units=self._weight_units() if stream.name == "orders" else {},
            vendors=self._vendors() if stream.name == "products" else {},
            unit_cost_attribute=settings.unit_cost_attribute,
            vendor_attribute=settings.vendor_attribute,
            barcode_attribute=settings.barcode_attribute,
        )

    def _weight_units(self) -> dict[int, str]:
        try:
            return {view.store_id: view.weight_unit for view in self._chosen_views()}
        except AccessError:
            return {}

    def _vendors(self) -> dict[str, str]:
        """Names of the brands, where they are chosen from a list; nothing where there is none, or it may not be read."""
        code = self._settings.vendor_attribute
        if not code:
            return {}
        try:
            options: Any = self._client.get(f"products/attributes/{quote(code, safe='')}/options")
        except (AccessError, NotFoundError):
            return {}
        found = options if isinstance(options, list) else []
        return {str(each["value"]): str(each["label"]).strip() for each in found if each.get("value")}

    def _completed(self, stream: Stream, row: Record) -> Record:
        """A configurable product with its variants; some versions leave them out of the list."""
        extra = row.get("extension_attributes")
        if stream.name != "products" or row.get("type_id") != "configurable" or not row.get("sku"):
            return row
        if isinstance(extra, dict) and "configurable_product_links" in extra:
            return row
        children = self._client.get(f"configurable-products/{quote(str(row['sku']), safe='')}/children")
        links = [each.get("id") for each in children if isinstance(each, dict)]
        known = extra if isinstance(extra, dict) else {}
        return {**row, "extension_attributes": {**known, "configurable_product_links": links}}
