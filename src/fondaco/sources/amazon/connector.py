"""The Amazon source: which lists are read for a slice, and what becomes of their records."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import ClassVar, Self

from fondaco.clock import Clock, format_instant, utc_now
from fondaco.sources.amazon import records
from fondaco.sources.amazon.checking import (
    INVENTORY_PATH,
    LAG,
    ORDERS_PATH,
    TRANSACTIONS_PATH,
    Marketplace,
    check,
    marketplaces,
    stock_of,
)
from fondaco.sources.amazon.client import AmazonClient
from fondaco.sources.amazon.settings import AmazonSettings
from fondaco.sources.amazon.streams import STREAMS
from fondaco.sources.source import ReportDay, Role, SourceSettings
from fondaco.sources.stream import Check, Page, Slice, Stream, Tombstone
from fondaco.sources.waiting import pause

_LONGEST_SPAN = timedelta(days=170)
"""Amazon answers more than 180 days of transactions with an empty list."""

_DATA = ["PROCEEDS", "PROMOTION", "CANCELLATION", "FULFILLMENT"]
_PERSONAL_DATA = ["BUYER", "RECIPIENT"]


class Amazon:
    """One selling account in one region, with all its marketplaces."""

    name: ClassVar[str] = "amazon"
    title: ClassVar[str] = "Amazon"
    role: ClassVar[Role] = Role.SHOP
    settings_type: ClassVar[type[SourceSettings]] = AmazonSettings
    streams: ClassVar[tuple[Stream, ...]] = STREAMS
    report_name: ClassVar[str | None] = None

    def __init__(
        self,
        settings: AmazonSettings,
        *,
        clock: Clock = utc_now,
        sleep: Callable[[float], None] = pause,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._client = AmazonClient(settings, clock=clock, sleep=sleep)

    @classmethod
    def connect(cls, settings: SourceSettings) -> Self:
        if not isinstance(settings, AmazonSettings):
            raise TypeError(f"{type(settings).__name__} are no settings of Amazon")
        return cls(settings)

    def close(self) -> None:
        self._client.close()

    def check(self) -> Check:
        return check(self._client, self._settings, self._clock())

    def read(self, stream: Stream, part: Slice) -> Iterator[Page]:
        if stream.name == "inventory":
            yield from self._stock()
            return
        if part.since is None or part.until is None:
            raise ValueError(f"a slice of {part.stream} needs bounds")
        # What Amazon does not answer for yet is read by the next run.
        until = min(part.until, self._clock() - LAG)
        if part.since >= until:
            return
        if stream.name == "orders":
            yield from self._orders(part.since, until)
        else:
            yield from self._transactions(part.since, until)

    def tombstones(self, since: datetime, until: datetime) -> Iterator[Tombstone]:
        """None: orders are cancelled and never deleted."""
        return iter(())

    def ids(self, stream: Stream) -> Iterator[str] | None:
        return None

    def report(self, first: date, last: date) -> list[ReportDay] | None:
        return None

    def _orders(self, since: datetime, until: datetime) -> Iterator[Page]:
        parameters: dict[str, str | list[str]] = {
            "lastUpdatedAfter": format_instant(since),
            "lastUpdatedBefore": format_instant(until),
            "marketplaceIds": [place.marketplace_id for place in self._places],
            "includedData": _DATA + (_PERSONAL_DATA if self._settings.personal_data else []),
            "maxResultsPerPage": str(self._settings.page_size),
        }
        answers = self._client.pages(
            "searchOrders",
            ORDERS_PATH,
            parameters,
            "paginationToken",
            lambda answer: (answer.get("pagination") or {}).get("nextToken"),
        )
        for answer in answers:
            yield Page.of(records.order(one) for one in answer.get("orders") or ())

    def _transactions(self, since: datetime, until: datetime) -> Iterator[Page]:
        """In spans that Amazon answers for. Not by marketplace, which would leave out what is of no single one."""
        while since < until:
            end = min(since + _LONGEST_SPAN, until)
            answers = self._client.pages(
                "listTransactions",
                TRANSACTIONS_PATH,
                {"postedAfter": format_instant(since), "postedBefore": format_instant(end)},
                "nextToken",
                lambda answer: (answer.get("payload") or {}).get("nextToken"),
            )
            for answer in answers:
                found = (answer.get("payload") or {}).get("transactions") or ()
                shaped = [records.transaction(one) for one in found]
                yield Page.of(one for one in shaped if self._is_ours(one["marketplaceId"]))
            since = end

    def _stock(self) -> Iterator[Page]:
        """Of the main marketplace: the others of a region show the same pieces again."""
        main = self._places[0].marketplace_id
        answers = self._client.pages(
            "getInventorySummaries",
            INVENTORY_PATH,
            stock_of(main),
            "nextToken",
            lambda answer: (answer.get("pagination") or {}).get("nextToken"),
        )
        for answer in answers:
            found = (answer.get("payload") or {}).get("inventorySummaries") or ()
            yield Page.of({**one, "marketplaceId": main} for one in found)

    def _is_ours(self, marketplace_id: str | None) -> bool:
        """Whether a transaction is of a marketplace that is read; fees of the account are of none."""
        chosen = self._settings.marketplaces
        return not chosen or marketplace_id is None or marketplace_id in chosen

    @cached_property
    def _places(self) -> list[Marketplace]:
        return marketplaces(self._client, self._settings)
