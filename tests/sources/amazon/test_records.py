"""Amazon's trees of amounts become rows that add up to their total, whatever is missing in them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.sources.amazon import records

D = Decimal


def node(kind: str, amount: str, *below: dict[str, Any], currency: str = "SEK") -> dict[str, Any]:
    money = {"currencyAmount": amount, "currencyCode": currency}
    return {"breakdownType": kind, "breakdownAmount": money, "breakdowns": list(below) or None}


def item(sku: str | None, *parts: dict[str, Any], total: str = "0") -> dict[str, Any]:
    return {
        "totalAmount": {"currencyAmount": total, "currencyCode": "SEK"},
        "breakdowns": list(parts) or None,
        "relatedIdentifiers": [
            {"itemRelatedIdentifierName": "ORDER_ADJUSTMENT_ITEM_ID", "itemRelatedIdentifierValue": "62"}
        ],
        "contexts": [{"contextType": "ProductContext", "sku": sku, "asin": "B0", "quantityShipped": 1}],
    }


def transaction(total: str, *items: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "transactionId": "t1",
        "transactionType": "Shipment",
        "postedDate": "2026-01-18T23:45:47Z",
        "totalAmount": {"currencyAmount": total, "currencyCode": "SEK"},
        "relatedIdentifiers": [
            {"relatedIdentifierName": "ORDER_ID", "relatedIdentifierValue": "931-1"},
            {"relatedIdentifierName": "SHIPMENT_ID", "relatedIdentifierValue": "14"},
        ],
        "items": list(items),
        **more,
    }


def leaves(record: dict[str, Any]) -> list[tuple[str | None, str, str]]:
    return [(one["sku"], one["path"], one["amount"]) for one in records.transaction(record)["amounts"]]


def test_a_shipment_as_amazon_books_it_is_cut_into_its_ends() -> None:
    """A shipment sent by Amazon, as another company has published one: taxes apart, fees with their own tax."""
    shipment = transaction(
        "294.46",
        item(
            "TAB",
            node("Tax", "89.8", node("OurPriceTax", "80"), node("ShippingTax", "9.8")),
            node("ProductCharges", "320", node("OurPricePrincipal", "320")),
            node("Shipping", "39.2", node("ShippingPrincipal", "39.2")),
            node(
                "AmazonFees", "-154.54",
                node("FBAPerUnitFulfillmentFee", "-45.54", node("Base", "-36.43"), node("Tax", "-9.11")),
                node("Commission", "-60", node("Base", "-60")),
                node("ShippingChargeback", "-49", node("Base", "-39.2"), node("Tax", "-9.8")),
            ),
            total="294.46",
        ),
        breakdowns=[node("Sales", "449"), node("Expenses", "-154.54")],
    )  # fmt: skip
    assert leaves(shipment) == [
        ("TAB", "Tax/OurPriceTax", "80"),
        ("TAB", "Tax/ShippingTax", "9.8"),
        ("TAB", "ProductCharges/OurPricePrincipal", "320"),
        ("TAB", "Shipping/ShippingPrincipal", "39.2"),
        ("TAB", "AmazonFees/FBAPerUnitFulfillmentFee/Base", "-36.43"),
        ("TAB", "AmazonFees/FBAPerUnitFulfillmentFee/Tax", "-9.11"),
        ("TAB", "AmazonFees/Commission/Base", "-60"),
        ("TAB", "AmazonFees/ShippingChargeback/Base", "-39.2"),
        ("TAB", "AmazonFees/ShippingChargeback/Tax", "-9.8"),
    ]
    kept = records.transaction(shipment)
    assert (kept["orderId"], kept["postedDay"]) == ("931-1", "2026-01-18")
    assert {one["itemId"] for one in kept["amounts"]} == {"62"}


def test_amounts_that_stand_above_the_items_are_taken_from_there() -> None:
    reimbursed = transaction(
        "6.22", item("HM", total="6.22"), breakdowns=[node("FBAInventoryReimbursement", "6.22")]
    )
    assert leaves(reimbursed) == [("HM", "FBAInventoryReimbursement", "6.22")]


def test_what_parts_leave_of_a_whole_is_told_as_such() -> None:
    assert leaves(transaction("10", item("A", node("AmazonFees", "-3", node("Commission", "-2"))))) == [
        ("A", "AmazonFees/Commission", "-2"),
        ("A", "AmazonFees", "-1"),
        (None, records.UNTOLD, "13"),
    ]
    assert leaves(transaction("5", item("A", node("Tax", "1")), item("B", total="4"))) == [
        ("A", "Tax", "1"),
        ("B", records.UNTOLD, "4"),
    ]


def test_a_transaction_without_a_name_gets_one_that_a_release_does_not_change() -> None:
    nameless = {**transaction("1"), "transactionId": None, "transactionStatus": "DEFERRED"}
    released = {**nameless, "transactionStatus": "DEFERRED_RELEASED"}
    names = {records.transaction(one)["transactionId"] for one in (nameless, released)}
    assert len(names) == 1
    assert records.transaction({**nameless, "postedDate": None})["postedDay"] is None


@pytest.mark.parametrize("amount", ["1e9", "1E-7", "NaN", "Infinity", float("inf"), "1e999999999"])
def test_what_is_no_amount_is_told_as_none_so_that_landing_sets_the_transaction_aside(amount: Any) -> None:
    strange = transaction("10", item("A", node("AmazonFees", "-3", node("Commission", amount))))
    assert leaves(strange) == [
        ("A", "AmazonFees/Commission", "NaN"),
        ("A", "AmazonFees", "NaN"),
        (None, records.UNTOLD, "NaN"),
    ]


money = st.decimals(-999, 999, places=2).map(str)
tree = st.recursive(
    st.builds(node, st.sampled_from(["Tax", "AmazonFees", "Base"]), money),
    lambda below: st.builds(lambda kind, amount, parts: node(kind, amount, *parts), st.just("Sales"), money, st.lists(below, min_size=1, max_size=3)),
    max_leaves=12,
)  # fmt: skip


@given(money, st.lists(st.lists(tree, max_size=3), max_size=3), st.lists(tree, max_size=2))
def test_amounts_always_add_up_to_the_total(
    total: str, items: list[list[dict[str, Any]]], above: list[dict[str, Any]]
) -> None:
    record = transaction(total, *(item("A", *parts, total="7") for parts in items), breakdowns=above)
    assert sum((D(amount) for _, _, amount in leaves(record)), D(0)) == D(total)
