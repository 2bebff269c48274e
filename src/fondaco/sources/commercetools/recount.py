"""An independent recount: daily sales straight from the API's JSON, added up with Decimal in Python.

commercetools has no sales report of its own, so there is nothing of the vendor's to compare with. This recount shares no
line with the SQL models, nor their raw tables; what both agree on went through two implementations of the same rules:

- an order counts on the day of ``completedAt`` (imported orders), else ``createdAt``, unless it is cancelled;
- gross sales are before tax and discounts; a line's net and tax are those of its ``taxedPrice``, where it has one;
- money goes back when a Refund transaction succeeds, on its own day. What it is for, the return items tell whose lines
  came back since the refund before; a rest equal to the shipping charge is shipping; a refund without return items that
  brings back the last cent takes what is left of tax and shipping; any other carries its share of the order's tax, or
  none where ``refunds_without_return`` is untaxed;
- a payment that several orders name is the first one's; a refund without a time was made when its payment changed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Any

from fondaco.clock import day_bounds, local_date, parse_instant
from fondaco.sources.commercetools.client import CommercetoolsClient
from fondaco.sources.commercetools.records import money
from fondaco.sources.source import ReportDay

REPORT_NAME = "independent recount"
_CHUNK = 100
_ZERO = Decimal(0)

Record = dict[str, Any]


@dataclass(slots=True)
class _Sums:
    orders: int = 0
    gross: Decimal = _ZERO
    discounts: Decimal = _ZERO
    returns: Decimal = _ZERO
    shipping: Decimal = _ZERO
    taxes: Decimal = _ZERO
    fees: Decimal = _ZERO


@dataclass(slots=True)
class _Item:
    net: Decimal
    tax: Decimal
    quantity: int
    returned: int = 0


@dataclass(slots=True)
class _Placed:
    """What an order was placed for."""

    gross: Decimal = _ZERO
    discounts: Decimal = _ZERO
    fees: Decimal = _ZERO
    shipping: Decimal = _ZERO
    shipping_tax: Decimal = _ZERO
    taxes: Decimal = _ZERO
    total: Decimal = _ZERO
    items: dict[str, _Item] = field(default_factory=dict)
    cent: Decimal = Decimal("0.01")


class Recount:
    """Adds up the days [first, last] of one project.

    Parameters
    ----------
    currency
        Orders in other currencies are left out: a day's figures are in the shop's own.
    """

    def __init__(
        self, client: CommercetoolsClient, time_zone: str, currency: str, refunds_without_return: str
    ) -> None:
        self._client = client
        self._zone = time_zone
        self._currency = currency
        self._untaxed = refunds_without_return == "untaxed"

    def days(self, first: date, last: date) -> list[ReportDay]:
        sums: defaultdict[date, _Sums] = defaultdict(_Sums)
        start, end = day_bounds(first, self._zone)[0], day_bounds(last, self._zone)[1]
        for order in self._orders(start, end):
            self._count_order(order, sums)
        for order, payments in self._refunded(start, end):
            self._count_refunds(order, payments, sums)
        number = (last - first).days + 1
        return [_report(day, sums[day]) for day in (first + timedelta(days=n) for n in range(number))]

    # ---- reading -----------------------------------------------------------------------------------------------------

    def _orders(self, start: datetime, end: datetime) -> Iterator[Record]:
        seen = set()
        for clock in ("createdAt", "completedAt"):
            where = None if clock == "createdAt" else "completedAt is defined"
            for page in self._client.changed("orders", start, end, field=clock, where=where):
                for order in page:
                    if order["id"] not in seen and self._counts(order):
                        seen.add(order["id"])
                        yield order

    def _refunded(self, start: datetime, end: datetime) -> Iterator[tuple[Record, list[Record]]]:
        """Orders to which money went back in the time, each once and with all payments that are its own."""
        seen: set[str] = set()
        for chunk in _chunks(self._refunded_payments(start, end)):
            orders = self._naming(chunk)
            named = {ref["id"] for order in orders for ref in _payment_refs(order)}
            owners = _owners([*orders, *self._naming(sorted(named.difference(chunk)))])
            payments = {payment["id"]: payment for payment in self._by_ids("payments", sorted(named))}
            for order in orders:
                if order["id"] in seen or not self._counts(order):
                    continue
                seen.add(order["id"])
                own = (ref["id"] for ref in _payment_refs(order) if owners[ref["id"]] == order["id"])
                yield order, [payments[payment] for payment in own if payment in payments]

    def _refunded_payments(self, start: datetime, end: datetime) -> list[str]:
        """Payments with a refund in the time; one without a time of its own was made when its payment changed."""
        refund = 'type = "Refund" and state = "Success"'
        where = (
            f"transactions({refund} and timestamp >= :start and timestamp < :end) "
            "or (lastModifiedAt >= :start and lastModifiedAt < :end "
            f"and transactions({refund} and timestamp is not defined))"
        )
        times = {"start": _text(start), "end": _text(end)}
        pages = self._client.by_id("payments", where=where, variables=times)
        return [payment["id"] for page in pages for payment in page]

    def _naming(self, payments: list[str]) -> list[Record]:
        """Orders that name any of the payments."""
        return [
            order
            for part in _chunks(payments)
            for page in self._client.by_id("orders", where=f"paymentInfo(payments(id in ({_quoted(part)})))")
            for order in page
        ]

    def _by_ids(self, path: str, ids: list[str]) -> list[Record]:
        return [
            record
            for part in _chunks(ids)
            for page in self._client.by_id(path, where=f"id in ({_quoted(part)})")
            for record in page
        ]

    def _counts(self, order: Record) -> bool:
        return (
            order.get("orderState") != "Cancelled" and order["totalPrice"]["currencyCode"] == self._currency
        )

    def _day(self, instant: str) -> date:
        return local_date(parse_instant(instant), self._zone)

    # ---- adding up ---------------------------------------------------------------------------------------------------

    def _count_order(self, order: Record, sums: defaultdict[date, _Sums]) -> None:
        placed = placed_amounts(order)
        day = sums[self._day(order.get("completedAt") or order["createdAt"])]
        day.orders += 1
        day.gross += placed.gross
        day.discounts += placed.discounts
        day.fees += placed.fees
        day.shipping += placed.shipping
        day.taxes += placed.taxes

    def _count_refunds(self, order: Record, payments: list[Record], sums: defaultdict[date, _Sums]) -> None:
        placed = placed_amounts(order)
        waiting = sorted(_return_items(order), key=lambda item: str(item.get("createdAt")))
        back = _Sums()
        paid_back = _ZERO
        for instant, amount in _refund_moments(payments):
            paid_back += amount
            items = [item for item in waiting if _at(item) <= parse_instant(instant)]
            waiting = waiting[len(items) :]
            goods, tax = _bring_back(placed, items)
            returns, shipping, taxes = goods, _ZERO, tax
            rest = amount - goods - tax
            charge = placed.shipping + placed.shipping_tax
            if not items and paid_back >= placed.total:
                taxes = placed.taxes - back.taxes
                shipping = placed.shipping - back.shipping
                returns = amount - taxes - shipping
            elif rest == charge and charge > 0 and not back.shipping:
                shipping, taxes = placed.shipping, taxes + placed.shipping_tax
            elif not items and not self._untaxed and placed.total:
                taxes = (amount * placed.taxes / placed.total).quantize(placed.cent, ROUND_HALF_UP)
                returns = amount - taxes
            else:
                returns += rest
            back.taxes += taxes
            back.shipping += shipping
            day = sums[self._day(instant)]
            day.returns += returns
            day.shipping -= shipping
            day.taxes -= taxes


def placed_amounts(order: Record) -> _Placed:
    """Gross, discounts, fees, shipping and taxes of an order, before tax, as placed."""
    places = int(order["totalPrice"].get("fractionDigits", 2))
    placed = _Placed(cent=Decimal(1).scaleb(-places))
    for line in order.get("lineItems") or ():
        net, tax = _taxed(line.get("taxedPrice"), line["totalPrice"])
        off = money(line["price"]["value"]) * line["quantity"] - money(line["totalPrice"])
        if (line.get("taxRate") or {}).get("includedInPrice") and line.get("taxedPrice"):
            whole = net + tax
            rate = Decimal(str(line["taxRate"]["amount"]))
            off = (off * net / whole if whole else off / (1 + rate)).quantize(placed.cent, ROUND_HALF_UP)
        placed.gross += net + off
        placed.discounts += off
        placed.taxes += tax
        placed.items[line["id"]] = _Item(net, tax, line["quantity"])
    for line in order.get("customLineItems") or ():
        net, tax = _taxed(line.get("taxedPrice"), line["totalPrice"])
        placed.fees += net
        placed.taxes += tax
    for info in _shipping_infos(order):
        shown = (info.get("discountedPrice") or {}).get("value") or info["price"]
        net, tax = _taxed(info.get("taxedPrice"), shown)
        placed.shipping += net
        placed.shipping_tax += tax
        placed.taxes += tax
    net, tax = _taxed(order.get("taxedPrice"), order["totalPrice"])
    placed.total = net + tax
    # Discounts on the total stand on no line; neither does the cent that rounding the total may leave.
    gap = net - (placed.gross - placed.discounts + placed.fees + placed.shipping)
    if order.get("discountOnTotalPrice"):
        placed.discounts -= gap
    else:
        placed.gross += gap
    placed.taxes = tax
    return placed


def _bring_back(placed: _Placed, items: Iterable[Record]) -> tuple[Decimal, Decimal]:
    """Net and tax of the lines' units that come back; all units together bring back the whole line."""
    units: defaultdict[str, int] = defaultdict(int)
    for item in items:
        if item.get("lineItemId") in placed.items:
            units[item["lineItemId"]] += int(item["quantity"])
    net = tax = _ZERO
    for line_id, count in units.items():
        line = placed.items[line_id]
        after = min(line.returned + count, line.quantity)
        net += _share(line.net, after, line.quantity, placed.cent) - _share(
            line.net, line.returned, line.quantity, placed.cent
        )
        tax += _share(line.tax, after, line.quantity, placed.cent) - _share(
            line.tax, line.returned, line.quantity, placed.cent
        )
        line.returned = after
    return net, tax


def _share(whole: Decimal, part: int, parts: int, cent: Decimal) -> Decimal:
    return (whole * part / parts).quantize(cent, ROUND_FLOOR) if parts else _ZERO


def _taxed(taxed: Record | None, shown: Record) -> tuple[Decimal, Decimal]:
    if not taxed:
        return money(shown), _ZERO
    net = money(taxed["totalNet"])
    return net, money(taxed["totalGross"]) - net


def _shipping_infos(order: Record) -> list[Record]:
    several = [each["shippingInfo"] for each in order.get("shipping") or () if each.get("shippingInfo")]
    if several:
        return several
    single = order.get("shippingInfo")
    return [single] if single else []


def _payment_refs(order: Record) -> list[Record]:
    return list((order.get("paymentInfo") or {}).get("payments") or ())


def _owners(orders: Iterable[Record]) -> dict[str, str]:
    """The one order that each payment belongs to: the first that names it."""
    owners: dict[str, str] = {}
    for order in orders:
        for ref in _payment_refs(order):
            owners[ref["id"]] = min(order["id"], owners.get(ref["id"], order["id"]))
    return owners


def _return_items(order: Record) -> list[Record]:
    """Items of goods; what comes back of a custom line has no line of its own, in the models neither."""
    items = [item for info in order.get("returnInfo") or () for item in info.get("items") or ()]
    return [item for item in items if item.get("lineItemId")]


def _at(item: Record) -> datetime:
    return parse_instant(item["createdAt"])


def _refund_moments(payments: Iterable[Record]) -> list[tuple[str, Decimal]]:
    """Successful refunds by time; what went back at one instant over several payments is one refund."""
    moments: defaultdict[str, Decimal] = defaultdict(lambda: _ZERO)
    for payment in payments:
        for transaction in payment.get("transactions") or ():
            if transaction["type"] == "Refund" and transaction["state"] == "Success":
                moments[transaction.get("timestamp") or payment["lastModifiedAt"]] += money(
                    transaction["amount"]
                )
    return sorted(moments.items(), key=lambda moment: parse_instant(moment[0]))


def _report(day: date, sums: _Sums) -> ReportDay:
    net = sums.gross - sums.discounts - sums.returns
    return ReportDay(
        day=day,
        orders=sums.orders,
        gross_sales=sums.gross,
        discounts=sums.discounts,
        returns=sums.returns,
        net_sales=net,
        shipping=sums.shipping,
        taxes=sums.taxes,
        duties=None,
        total_sales=net + sums.shipping + sums.taxes + sums.fees,
    )


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _quoted(ids: Iterable[str]) -> str:
    return ", ".join(f'"{each}"' for each in ids)


def _chunks(ids: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(ids), _CHUNK):
        yield ids[start : start + _CHUNK]
