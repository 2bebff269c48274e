"""The eBay source: which lists are read for a slice, and what becomes of their records."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import ClassVar, Self

from fondaco.clock import Clock, utc_now
from fondaco.errors import AccessError, ConfigError
from fondaco.sources.ebay.client import EbayClient, Record
from fondaco.sources.ebay.settings import EbaySettings
from fondaco.sources.ebay.streams import ORDERS_HISTORY, STREAMS
from fondaco.sources.source import ReportDay, Role, SourceSettings
from fondaco.sources.stream import Check, Page, Slice, Stream, Tombstone
from fondaco.sources.waiting import pause

ORDERS_PATH = "/sell/fulfillment/v1/order"
TRANSACTIONS_PATH = "/sell/finances/v1/transaction"
PAYOUTS_PATH = "/sell/finances/v1/payout"
_LONGEST_SPAN = timedelta(days=90)
"""eBay answers for 90 days at most where a range is open; longer ones are asked for in parts."""

_FINANCES_PAGE = 1000
_PAYOUTS_PAGE = 200
_IDS_A_REQUEST = 50
_MOMENT = timedelta(milliseconds=1)

_log = logging.getLogger(__name__)


class Ebay:
    """One seller account."""

    name: ClassVar[str] = "ebay"
    title: ClassVar[str] = "eBay"
    role: ClassVar[Role] = Role.SHOP
    settings_type: ClassVar[type[SourceSettings]] = EbaySettings
    streams: ClassVar[tuple[Stream, ...]] = STREAMS
    report_name: ClassVar[str | None] = None

    def __init__(
        self,
        settings: EbaySettings,
        *,
        clock: Clock = utc_now,
        sleep: Callable[[float], None] = pause,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._client = EbayClient(settings, clock=clock, sleep=sleep)

    @classmethod
    def connect(cls, settings: SourceSettings) -> Self:
        if not isinstance(settings, EbaySettings):
            raise TypeError(f"{type(settings).__name__} are no settings of eBay")
        return cls(settings)

    def close(self) -> None:
        self._client.close()

    def check(self) -> Check:
        """Whether orders and the balance may be read. eBay tells no time zone: it is that of the marketplace."""
        newest = self._client.get(ORDERS_PATH, {"limit": 1}).get("orders") or [{}]
        missing: tuple[str, ...] = ()
        try:
            self._client.get(TRANSACTIONS_PATH, {"limit": 1})
        except (AccessError, ConfigError) as error:
            missing = (
                f"sell.finances: without it no fees and no payouts can be read. {self._hint()} ({error.what})",
            )
        seller = newest[0].get("sellerId")
        return Check(
            shop_name=f"eBay {seller}" if seller else "eBay",
            currency=self._settings.currency,
            time_zone=self._settings.time_zone,
            missing=missing,
            warnings=self._warnings(),
            details={"marketplace": self._settings.marketplace, "vat_rate": f"{self._settings.vat_rate}"},
        )

    def read(self, stream: Stream, part: Slice) -> Iterator[Page]:
        if part.since is None or part.until is None:
            raise ValueError(f"a slice of {part.stream} needs bounds")
        until = min(part.until, self._clock())
        for since, end in _spans(part.since, until):
            span = f"[{_instant(since)}..{_instant(end - _MOMENT)}]"
            if stream.name == "orders":
                yield from self._orders(span)
            elif stream.name == "transactions":
                found = self._client.pages(
                    TRANSACTIONS_PATH, "transactions", _key, _FINANCES_PAGE, f"transactionDate:{span}"
                )
                yield from (Page.of(_transaction(row) for row in rows) for rows in found)
            else:
                found = self._client.pages(
                    PAYOUTS_PATH, "payouts", lambda row: row["payoutId"], _PAYOUTS_PAGE, f"payoutDate:{span}"
                )
                yield from (Page.of(rows) for rows in found)

    def _orders(self, span: str) -> Iterator[Page]:
        """Orders that were changed, then those that money was given back of: eBay does not promise that a refund changes them."""
        seen: set[str] = set()
        found = self._client.pages(
            ORDERS_PATH,
            "orders",
            lambda row: row["orderId"],
            self._settings.page_size,
            f"lastmodifieddate:{span}",
        )
        for rows in found:
            seen.update(row["orderId"] for row in rows)
            yield Page.of(self._order(row) for row in rows)
        refunded = sorted(self._refunded(span) - seen)
        for start in range(0, len(refunded), _IDS_A_REQUEST):
            rows = self._named(refunded[start : start + _IDS_A_REQUEST])
            yield Page.of(self._order(row) for row in rows)

    def _named(self, ids: Sequence[str]) -> list[Record]:
        """The orders of these ids. eBay forbids ids of orders that are older than two years, which ids do not tell: where it refuses
        several at once, each is asked for by itself, and one that is refused is gone.
        """
        try:
            return self._client.get(ORDERS_PATH, {"orderIds": ",".join(ids)}).get("orders") or []
        except AccessError:
            raise
        except ConfigError as error:
            if len(ids) > 1:
                return [row for one in ids for row in self._named([one])]
            _log.warning(
                "eBay refused an order that it tells a refund of: it is left as it was read last",
                extra={"source": self.name, "error": error.what},
            )
            return []

    def _refunded(self, span: str) -> set[str]:
        """Orders of which the balance says that money was given back; none where it may not be read, as the check says.

        What was given back before eBay's memory of orders begins is of an order that is older still.
        """
        filters = f"transactionDate:{span},transactionType:{{REFUND}}"
        try:
            pages = list(self._client.pages(TRANSACTIONS_PATH, "transactions", _key, _FINANCES_PAGE, filters))
        except (AccessError, ConfigError):
            return set()
        oldest = _instant(self._clock() - ORDERS_HISTORY)
        return {
            row["orderId"]
            for rows in pages
            for row in rows
            if row.get("orderId") and row["transactionDate"] >= oldest
        }

    def tombstones(self, since: datetime, until: datetime) -> Iterator[Tombstone]:
        return iter(())  # an order of eBay is cancelled, never deleted

    def ids(self, stream: Stream) -> Iterator[str] | None:
        return None  # eBay forgets orders after two years: what is no longer listed is not deleted

    def report(self, first: date, last: date) -> list[ReportDay] | None:
        return None

    def _order(self, row: Record) -> Record:
        """An order without the buyer's name and address, which figures do not need."""
        steps = row.pop("fulfillmentStartInstructions", None) or [{}]
        shipped = (steps[0].get("shippingStep") or {}).get("shipTo") or {}
        buyer = row.pop("buyer", None) or {}
        row.pop("buyerCheckoutNotes", None)
        address = shipped.get("contactAddress") or buyer.get("taxAddress") or {}
        lines = row.get("lineItems") or [{}]
        for line in lines:
            line.pop("giftDetails", None)
        return {
            **row,
            "buyer": {"username": buyer.get("username")},
            "_shipTo": {"city": address.get("city"), "countryCode": address.get("countryCode")},
            "_marketplace": lines[0].get("purchaseMarketplaceId"),
            "_vatRate": f"{self._settings.vat_rate}",
        }

    def _hint(self) -> str:
        if self._settings.signing_key is None:
            return "Accounts of the EU and the UK need a signing key: give signing_key and signing_jwe."
        return "Let the seller agree to the scope sell.finances."

    def _warnings(self) -> tuple[str, ...]:
        is_european = self._settings.currency in ("EUR", "GBP", "PLN", "CHF")
        if self._settings.vat_rate or not is_european:
            return ()
        return (
            "vat_rate is 0, so that all of the prices counts as sales; give the VAT that they include, unless you owe none.",
        )


def _key(row: Record) -> tuple[str, str]:
    """What tells a movement from all others: its id alone does not."""
    return row["transactionId"], row["transactionType"]


def _transaction(row: Record) -> Record:
    """A movement with the day and the order that it belongs to; the buyer's user name is told with the order already."""
    references = {one.get("referenceType"): one.get("referenceId") for one in row.get("references") or []}
    row.pop("buyer", None)
    return {
        **row,
        "_day": str(row["transactionDate"])[:10],
        "_orderId": row.get("orderId") or references.get("ORDER_ID"),
    }


def _spans(since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    while since < until:
        end = min(since + _LONGEST_SPAN, until)
        yield since, end
        since = end


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
