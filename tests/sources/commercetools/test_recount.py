"""The independent recount, against the hidden truth and on orders made by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from fondaco.sources.commercetools.recount import Recount, placed_amounts

if TYPE_CHECKING:
    from .conftest import Project


@pytest.mark.slow
def test_every_day_is_the_truth_to_the_cent(project: Project) -> None:
    first, last = date(2025, 11, 1), date(2026, 10, 31)
    found = project.source().report(first, last)
    assert found is not None and len(found) == 365
    truth = {row["day"]: row for row in project.store.daily_report("cedar", first, last)}
    for day in found:
        expected = truth.get(day.day.isoformat(), {})
        for name in ("gross_sales", "discounts", "returns", "net_sales", "shipping", "taxes", "total_sales"):
            assert getattr(day, name) == Decimal(expected.get(name, 0)).scaleb(-2), (day.day, name)
        assert day.orders == expected.get("orders", 0)
    assert sum(day.returns or 0 for day in found) > 0


@pytest.mark.slow
def test_orders_in_another_currency_are_left_out(project: Project) -> None:
    found = project.source(currency="EUR").report(date(2026, 10, 1), date(2026, 10, 31))
    assert found is not None and all(day.orders == 0 and day.gross_sales == 0 for day in found)


def money(cents: int, digits: int = 2, currency: str = "EUR") -> dict[str, Any]:
    return {"type": "centPrecision", "centAmount": cents, "fractionDigits": digits, "currencyCode": currency}


def taxed(net: int, gross: int, digits: int = 2) -> dict[str, Any]:
    return {"totalNet": money(net, digits), "totalGross": money(gross, digits)}


def line(price: int, quantity: int, total: int, tax: int, *, included: bool) -> dict[str, Any]:
    return {
        "id": "line", "quantity": quantity, "price": {"value": money(price)}, "totalPrice": money(total),
        "taxedPrice": taxed(total - tax if included else total, total if included else total + tax), "taxRate": {"amount": 0.19, "includedInPrice": included},
    }  # fmt: skip


def test_where_prices_include_tax_so_does_the_discount() -> None:
    placed = placed_amounts(
        {
            "lineItems": [line(5950, 2, 10710, 1710, included=True)],
            "totalPrice": money(10710),
            "taxedPrice": taxed(9000, 10710),
        }
    )
    assert (placed.gross, placed.discounts, placed.taxes) == (Decimal(100), Decimal(10), Decimal("17.10"))


def test_a_discount_on_the_total_is_a_discount_though_it_stands_on_no_line() -> None:
    order = {
        "lineItems": [line(10000, 1, 10000, 1900, included=False)], "totalPrice": money(9000),
        "taxedPrice": taxed(9000, 10710), "discountOnTotalPrice": {"discountedAmount": money(1000)},
    }  # fmt: skip
    placed = placed_amounts(order)
    assert (placed.gross, placed.discounts, placed.taxes) == (Decimal(100), Decimal(10), Decimal("17.10"))


def test_yen_have_no_cents_and_a_price_may_have_more_places_than_its_currency() -> None:
    precise = {"type": "highPrecision", "preciseAmount": 123456, "fractionDigits": 5, "centAmount": 123}
    order = {
        "lineItems": [{"id": "l", "quantity": 100, "price": {"value": precise}, "totalPrice": money(123, 0)}],
        "totalPrice": money(123, 0),
    }  # fmt: skip
    placed = placed_amounts(order)
    assert placed.total == 123 and placed.gross == Decimal("123.456") and placed.discounts == Decimal("0.456")


def test_several_shipments_are_added_up() -> None:
    shipment = {"shippingInfo": {"price": money(500), "taxedPrice": taxed(500, 595)}}
    order = {"totalPrice": money(1000), "taxedPrice": taxed(1000, 1190), "shipping": [shipment, shipment]}
    placed = placed_amounts(order)
    assert (placed.shipping, placed.shipping_tax, placed.gross) == (Decimal(10), Decimal("1.90"), Decimal(0))


class Paid:
    """A project of one order, of which some money went back."""

    def __init__(self, order: dict[str, Any], refunded: int) -> None:
        self.order = order | {
            "id": "o", "orderState": "Open", "createdAt": "2026-03-01T10:00:00Z",
            "paymentInfo": {"payments": [{"id": "p"}]},
        }  # fmt: skip
        back = {
            "type": "Refund",
            "state": "Success",
            "timestamp": "2026-03-05T10:00:00Z",
            "amount": money(refunded),
        }
        self.payment = {"id": "p", "lastModifiedAt": "2026-03-05T10:00:00Z", "transactions": [back]}

    def changed(self, path: str, start: Any, end: Any, *, field: str, where: str | None) -> Any:
        return [[self.order]] if field == "createdAt" else []

    def by_id(self, path: str, **_: Any) -> Any:
        return [[self.payment if path == "payments" else self.order]]


def test_what_comes_back_of_a_custom_line_has_no_line_of_its_own() -> None:
    """The whole order is paid back: its shipping and tax go back with it, whichever custom line is named."""
    custom = {"id": "wrapping", "totalPrice": money(500), "taxedPrice": taxed(500, 595)}
    returned = {"id": "r", "customLineItemId": "wrapping", "quantity": 1, "createdAt": "2026-03-04T10:00:00Z"}
    order = {
        "lineItems": [line(10000, 1, 10000, 1900, included=False)], "customLineItems": [custom],
        "shippingInfo": {"price": money(400), "taxedPrice": taxed(400, 476)},
        "totalPrice": money(10900), "taxedPrice": taxed(10900, 12971), "returnInfo": [{"items": [returned]}],
    }  # fmt: skip
    recount = Recount(Paid(order, 12971), "UTC", "EUR", "taxed")  # type: ignore[arg-type]
    sold, *_, back = recount.days(date(2026, 3, 1), date(2026, 3, 5))
    assert (sold.gross_sales, sold.shipping, sold.taxes) == (Decimal(100), Decimal(4), Decimal("20.71"))
    assert (back.returns, back.shipping, back.taxes) == (Decimal(105), Decimal(-4), Decimal("-20.71"))
