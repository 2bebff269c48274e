"""What the demo's merchant pays: a cost sheet of the size of the simulated world, so that Profit has something to say."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from fondaco.costs import CostEntry, Kind

_ORDER = Decimal(60)
"""Net sales of a simulated order, about; what is spent in all is a share of it."""
_DAYS_OF_A_MONTH = Decimal("30.4")
_OF_SALES = {"Staff": Decimal("0.09"), "Rent": Decimal("0.025"), "Tools": Decimal("0.01")}
_MARKETING = {"Agency": Decimal("0.015"), "Influencers": Decimal("0.02")}


_LETTERS = "klaviyo email"
_PLAN = (
    (None, 1_000, "30"),
    (1_000, 5_000, "100"),
    (5_000, 10_000, "150"),
    (10_000, 25_000, "400"),
    (25_000, None, "720"),
)
"""Contacts from and to, and the price of e-mails a month; texts the platform charges one by one, and tells it."""


def demo_costs(orders: int, first: date, last: date) -> Iterator[CostEntry]:
    """Entries in euros, for a world of ``orders`` from ``first`` to ``last``.

    Goods that a shop tells no cost of are left to be assumed, and so is most of what a marketplace would keep: what is not known is
    part of the picture.
    """
    days = (last - first).days + 1
    sales = _ORDER * orders
    for zone, country, light, heavy in (
        ("Germany", "DE", "3.90", "5.60"), ("Austria", "AT", "6.40", "9.10"), ("World", None, "9.80", "14.50"),
    ):  # fmt: skip
        yield _entry(Kind.SHIPPING_COST, zone, light, country=country, weight_to=2000)
        yield _entry(Kind.SHIPPING_COST, zone, heavy, country=country, weight_from=2000)
    yield _entry(Kind.FULFILMENT, None, "0.85")
    yield _entry(Kind.FULFILMENT_UNIT, None, "0.20")
    yield _entry(Kind.PACKAGING, None, "0.45")
    yield _entry(Kind.PAYMENT_FEE, None, "0.25", rate=Decimal("0.019"))
    yield _entry(Kind.RETURN_HANDLING, None, "2.10")
    for name, share in _OF_SALES.items():
        yield _entry(Kind.FIXED, name, _tens(sales / days * _DAYS_OF_A_MONTH * share))
    for name, share in _MARKETING.items():
        yield _entry(Kind.MARKETING, name, _tens(sales * share), valid_from=first, valid_to=last)
    for tier_from, tier_to, price in _PLAN:
        yield _entry(Kind.MESSAGE_PLAN, _LETTERS, price, tier_from=tier_from, tier_to=tier_to)


def _entry(
    kind: Kind,
    item: str | None,
    amount: str | Decimal,
    *,
    country: str | None = None,
    weight_from: int | None = None,
    weight_to: int | None = None,
    tier_from: int | None = None,
    tier_to: int | None = None,
    rate: Decimal | None = None,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> CostEntry:
    return CostEntry(
        kind, item, country=country, weight_from=weight_from, weight_to=weight_to, tier_from=tier_from,
        tier_to=tier_to, amount=Decimal(amount), rate=rate, currency="EUR", valid_from=valid_from, valid_to=valid_to,
    )  # fmt: skip


def _tens(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("1E1"), rounding=ROUND_HALF_UP).quantize(Decimal(1))
