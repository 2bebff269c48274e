"""The Shopify source against the simulated Admin API, over real HTTP."""

from __future__ import annotations

import time
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from fondaco.errors import AccessError, RetryableError
from fondaco.simulator.faults import Fault
from fondaco.simulator.shopify.app import MAX_COST
from fondaco.sources.source import ReportDay, Source
from fondaco.sources.stream import Slice

from .conftest import NOW, Connections, ids, read, stream_of

pytestmark = pytest.mark.slow

BULK, PAGED = 1, 10_000
A_WEEK_AGO = NOW.replace(tzinfo=None) - timedelta(days=7)


def test_it_is_a_source(shop: Connections) -> None:
    assert isinstance(shop.to(), Source)


@pytest.mark.parametrize("bulk_from", [BULK, PAGED], ids=["bulk", "paged"])
def test_both_ways_of_reading_give_the_whole_order(shop: Connections, bulk_from: int) -> None:
    shop.world.add_order(1, A_WEEK_AGO)
    shop.world.add_order(2, A_WEEK_AGO)
    shop.world.add_refund(2, A_WEEK_AGO + timedelta(days=2))
    lines = read(shop.to(bulk_from=bulk_from), "orders")
    assert {kind: ids(lines, kind) for kind in sorted({line["__typename"] for line in lines})} == {
        "LineItem": ["gid://shopify/LineItem/1000", "gid://shopify/LineItem/2000"],
        "Order": ["gid://shopify/Order/1", "gid://shopify/Order/2"],
        "OrderAdjustment": ["gid://shopify/OrderAdjustment/26"],
        "RefundLineItem": ["gid://shopify/RefundLineItem/21"],
        "Sale": [f"gid://shopify/Sale/{n}" for n in (1000, 2000, 2500, 2501)],
        "SalesAgreement": [f"gid://shopify/SalesAgreement/{n}" for n in (10, 20, 21)],
    }


def _by_id(lines: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    marks = ("__rootId",)
    return {line["id"]: {k: v for k, v in line.items() if k not in marks} for line in lines}


@pytest.mark.parametrize("stream", ["orders", "customers", "products", "discounts"])
def test_bulk_and_pages_give_the_same_lines(shop: Connections, stream: str) -> None:
    for order in range(1, 6):
        shop.world.add_order(order, A_WEEK_AGO, lines=order)
    shop.world.add_refund(3, A_WEEK_AGO + timedelta(days=1))
    when = {"created_at": A_WEEK_AGO, "updated_at": A_WEEK_AGO}
    shop.world.add("customers", customer_id=9, email="ada@example.org", country="DE", city="Berlin", **when)
    dates = {"starts_at": A_WEEK_AGO, "updated_at": A_WEEK_AGO, "value": 0.1, "usage_count": 2}
    shop.world.add("discounts", discount_id=5, code="HELLO", title="Hello", kind="percentage", **dates)
    shop.world.add("discounts", discount_id=6, title="Free", kind="shipping", **dates)
    in_bulk = read(shop.to(bulk_from=BULK), stream)
    assert in_bulk
    assert _by_id(in_bulk) == _by_id(read(shop.to(bulk_from=PAGED), stream))


@pytest.mark.parametrize("bulk_from", [BULK, PAGED], ids=["bulk", "paged"])
def test_an_order_of_260_lines_is_not_cut(shop: Connections, bulk_from: int) -> None:
    shop.world.add_order(1, A_WEEK_AGO, lines=260)
    lines = read(shop.to(bulk_from=bulk_from), "orders")
    assert len(ids(lines, "LineItem")) == 260
    assert len(ids(lines, "Sale")) == 260
    assert {line["__parentId"] for line in lines if line["__typename"] == "Sale"} == {
        "gid://shopify/SalesAgreement/10"
    }


@pytest.mark.parametrize("bulk_from", [BULK, PAGED], ids=["bulk", "paged"])
def test_products_and_discounts_with_many_children_are_not_cut(shop: Connections, bulk_from: int) -> None:
    shop.world.add_product(2, variants=230)
    for code in range(230):
        shop.world.add("discounts", discount_id=5, code=f"CODE{code}", title="Many", kind="percentage",
                       value=0.1, starts_at=A_WEEK_AGO, updated_at=A_WEEK_AGO, usage_count=0)  # fmt: skip
    source = shop.to(bulk_from=bulk_from)
    assert len(ids(read(source, "products", NOW - timedelta(days=900)), "ProductVariant")) == 231
    assert len(ids(read(source, "discounts"), "DiscountRedeemCode")) == 230


def test_collections_bring_all_their_products_and_those_without_any_come_too(shop: Connections) -> None:
    """A bulk result cuts a list at a hundred; what is longer is read by pages."""
    for number, size in ((1, 230), (2, 3), (3, 0)):
        shop.world.add("collections", collection_id=number, title=f"Kind {number}", handle=f"kind-{number}",
                       created_at=A_WEEK_AGO, updated_at=A_WEEK_AGO)  # fmt: skip
        for product in range(100, 100 + size):
            shop.world.add("product_collections", product_id=product, collection_id=number)
    for product in range(100, 330):
        shop.world.add_product(product)
    lines = read(shop.to(), "collections")
    members: dict[str, set[str]] = {line["id"]: set() for line in lines if line["__typename"] == "Collection"}
    for line in lines:
        if line["__typename"] == "Product":
            members[line["__parentId"]].add(line["id"])
    assert {collection.rpartition("/")[2]: len(found) for collection, found in members.items()} == {
        "1": 230, "2": 3, "3": 0,
    }  # fmt: skip


def test_a_ledger_longer_than_its_order_is_found_by_its_agreement(shop: Connections) -> None:
    """Duties give sales of their own, so that an agreement may be cut where the order's lines are not."""
    shop.world.add_order(1, A_WEEK_AGO, lines=60)
    for place in range(60):
        shop.world.add("ledger", ledger_id=9000 + place, agreement_id=10, order_id=1, happened_at=A_WEEK_AGO,
                       action="order", line_type="duty", quantity=1, gross=100, discount=0, tax=0)  # fmt: skip
    assert len(ids(read(shop.to(bulk_from=BULK), "orders"), "Sale")) == 120


def test_a_slice_without_records_is_a_success(shop: Connections) -> None:
    assert read(shop.to(bulk_from=0), "orders") == []
    assert read(shop.to(bulk_from=PAGED), "orders") == []


def test_only_records_of_the_slice_come(shop: Connections) -> None:
    shop.world.add_order(1, A_WEEK_AGO)
    shop.world.add_order(2, A_WEEK_AGO + timedelta(days=3))
    lines = read(shop.to(), "orders", since=NOW - timedelta(days=5))
    assert ids(lines, "Order") == ["gid://shopify/Order/2"]


def test_years_before_the_first_order_cost_one_question(shop: Connections) -> None:
    shop.world.add_order(1, A_WEEK_AGO)
    source = shop.to()
    orders = stream_of("orders")
    months = [NOW - timedelta(days=30 * n) for n in range(1, 40)]
    for until in months:
        assert list(source.read(orders, Slice("orders", "backfill", until - timedelta(days=30), until))) == []
    assert shop.behaviour.answers == 1
    last = Slice("orders", "backfill", NOW - timedelta(days=30), NOW)
    assert sum(page.lines.count(b'"__typename":"Order"') for page in source.read(orders, last)) == 1


def test_a_result_with_fewer_lines_than_counted_is_not_taken(shop: Connections) -> None:
    shop.world.add_order(1, A_WEEK_AGO, lines=5)
    shop.behaviour.bulk_lost_lines.append(2)
    with pytest.raises(RetryableError, match="lines where Shopify counted"):
        read(shop.to(bulk_from=BULK), "orders")


@pytest.mark.parametrize("code", ["INTERNAL_SERVER_ERROR", "TIMEOUT"])
def test_a_failed_operation_is_asked_again_in_halves_and_nothing_is_skipped(
    shop: Connections, code: str
) -> None:
    for day in range(6):
        shop.world.add_order(day + 1, A_WEEK_AGO + timedelta(days=day))
    shop.behaviour.bulk_failures.extend([code, code, code])
    lines = read(shop.to(bulk_from=BULK), "orders", since=NOW - timedelta(days=9))
    assert len(ids(lines, "Order")) == 6
    assert shop.behaviour.bulk_failures == []


def test_an_operation_without_a_window_is_tried_three_times(shop: Connections) -> None:
    source = shop.to(bulk_from=BULK)
    shop.behaviour.bulk_failures.extend(["TIMEOUT", "TIMEOUT"])
    assert ids(read(source, "inventory_items"), "InventoryItem") == ["gid://shopify/InventoryItem/1500"]
    shop.behaviour.bulk_failures.extend(["TIMEOUT"] * 3)
    with pytest.raises(RetryableError, match="TIMEOUT"):
        read(source, "inventory_items")


def test_a_list_of_ids_that_cannot_be_made_is_left_for_the_next_run(shop: Connections) -> None:
    source = shop.to()
    shop.behaviour.bulk_failures.extend(["TIMEOUT"] * 3)
    listed = source.ids(stream_of("orders"))
    assert listed is not None
    with pytest.raises(RetryableError, match="TIMEOUT"):
        list(listed)


def test_internal_errors_with_http_200_are_tried_again(shop: Connections) -> None:
    shop.world.add_order(1, A_WEEK_AGO)
    shop.behaviour.internal_errors = 3
    assert ids(read(shop.to(), "orders"), "Order") == ["gid://shopify/Order/1"]


def test_internal_errors_that_do_not_end_are_given_up(shop: Connections) -> None:
    shop.behaviour.internal_errors = 1000
    with pytest.raises(RetryableError, match="internal error"):
        read(shop.to(), "orders")


def test_it_waits_for_exactly_the_points_it_lacks_before_it_asks(shop: Connections) -> None:
    shop.world.add_order(1, A_WEEK_AGO)
    shop.behaviour.bucket_points = MAX_COST
    shop.behaviour.points_per_second = 500
    waits: list[float] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        time.sleep(seconds)

    source = shop.to(bulk_from=PAGED, sleep=wait)
    read(source, "orders")  # from here on the price of each query is known
    bucket = next(iter(shop.endpoint_buckets().values()))
    bucket.points = 10.0
    source.check()  # and from here on, that the bucket is nearly empty
    waits.clear()
    assert ids(read(source, "orders"), "Order") == ["gid://shopify/Order/1"]
    assert shop.behaviour.throttled == 0
    assert len(waits) == 1
    assert 0 < waits[0] <= MAX_COST / 500


def test_a_throttled_answer_is_asked_again_after_the_time_that_it_tells(shop: Connections) -> None:
    shop.world.add_order(1, A_WEEK_AGO)
    shop.behaviour.bucket_points = MAX_COST
    shop.behaviour.points_per_second = 200
    waits: list[float] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        time.sleep(seconds)

    source = shop.to(bulk_from=PAGED, sleep=wait)
    source.check()
    bucket = next(iter(shop.endpoint_buckets().values()))
    bucket.points = -600.0  # three seconds deep, so that a slow machine cannot fill it first
    assert ids(read(source, "orders"), "Order") == ["gid://shopify/Order/1"]
    assert shop.behaviour.throttled >= 1
    assert waits
    assert max(waits) <= (600 + MAX_COST) / 200


def test_a_query_that_costs_too_much_is_asked_for_less(shop: Connections) -> None:
    for order in range(1, 31):
        shop.world.add_order(order, A_WEEK_AGO)
    source = shop.to(bulk_from=PAGED)
    pages = list(source.read(stream_of("orders"), _everything()))
    assert 1 < len(pages) <= 30
    assert sum(page.lines.count(b'"__typename":"Order"') for page in pages) == 30


def _everything() -> Slice:
    return Slice("orders", "incremental", NOW - timedelta(days=365), NOW)


@pytest.mark.parametrize("times", [2, None], ids=["for a while", "for ever"])
def test_a_page_that_names_itself_again_ends(shop: Connections, times: int | None) -> None:
    for order in range(1, 41):
        shop.world.add_order(order, A_WEEK_AGO)
    shop.faults.switch([Fault(name="duplicate_page", times=times, path="Order")])
    if times is None:
        with pytest.raises(RetryableError, match="same page"):
            read(shop.to(bulk_from=PAGED), "orders")
    else:
        assert len(ids(read(shop.to(bulk_from=PAGED), "orders"), "Order")) == 40
    assert shop.faults.happened["duplicate_page"] >= 2


def test_check_tells_shop_currency_and_zone(shop: Connections) -> None:
    check = shop.to().check()
    assert (check.shop_name, check.currency, check.time_zone) == ("Aurora", "EUR", "Europe/Berlin")
    assert (check.missing, check.warnings) == ((), ())


def test_check_says_in_words_what_a_missing_scope_costs(shop: Connections) -> None:
    shop.revoke("read_customers", "read_reports")
    assert shop.to().check().missing == (
        "read_customers: without it no customers can be read.",
        "read_reports: without it sales cannot be compared with Shopify's own report.",
    )


def test_a_missing_scope_stops_the_stream_that_needs_it(shop: Connections) -> None:
    shop.revoke("read_customers")
    with pytest.raises(AccessError, match="read_customers"):
        read(shop.to(), "customers")


def test_without_read_all_orders_older_orders_are_missed_and_check_says_so(shop: Connections) -> None:
    shop.world.add_order(1, A_WEEK_AGO - timedelta(days=100))
    shop.world.add_order(2, A_WEEK_AGO)
    shop.revoke("read_all_orders")
    source = shop.to(start_date=date(2026, 1, 1))
    assert ids(read(source, "orders"), "Order") == ["gid://shopify/Order/2"]
    assert source.check().warnings == (
        "Only the last 60 days of orders can be read; grant read_all_orders to read back to 2026-01-01.",
    )
    assert source.ids(stream_of("orders")) is None


def test_no_warning_where_nothing_older_is_wanted(shop: Connections) -> None:
    shop.revoke("read_all_orders")
    assert shop.to(start_date=date(2026, 11, 1)).check().warnings == ()


def test_a_wrong_secret_is_an_access_error(shop: Connections) -> None:
    with pytest.raises(AccessError, match="no access token"):
        shop.to(client_secret="wrong").check()


def test_a_token_that_ran_out_is_renewed(shop: Connections) -> None:
    moments = iter([0.0, 0.0] + [100_000.0] * 50)
    shop.behaviour.access.clock = lambda: next(moments)
    source = shop.to()
    assert source.check().currency == "EUR"
    assert source.check().currency == "EUR"


def test_deletions_come_from_events(shop: Connections) -> None:
    deleted = A_WEEK_AGO + timedelta(days=1)
    shop.world.add_order(1, A_WEEK_AGO, deleted_at=deleted)
    shop.world.add_order(2, A_WEEK_AGO)
    found = list(shop.to().tombstones(NOW - timedelta(days=10), NOW))
    assert [(t.stream, t.record_id, t.deleted_at.replace(tzinfo=None), t.found_by) for t in found] == [
        ("orders", "gid://shopify/Order/1", deleted, "event")
    ]
    assert list(shop.to().tombstones(NOW - timedelta(days=3), NOW)) == []


def test_ids_are_those_of_all_records_that_exist(shop: Connections) -> None:
    shop.world.add_order(1, A_WEEK_AGO)
    shop.world.add_order(2, A_WEEK_AGO, deleted_at=A_WEEK_AGO)
    found = shop.to().ids(stream_of("orders"))
    assert found is not None
    assert list(found) == ["gid://shopify/Order/1"]


def test_the_report_has_our_signs(shop: Connections) -> None:
    shop.world.add_order(1, A_WEEK_AGO)
    shop.world.add_refund(1, A_WEEK_AGO + timedelta(days=1))
    sold, returned = shop.to().report(date(2026, 11, 1), date(2026, 11, 20)) or []
    zero = Decimal(0)
    assert sold == ReportDay(date(2026, 11, 13), 1, Decimal("10.00"), zero, zero, Decimal("10.00"), zero,
                             Decimal("1.90"), zero, Decimal("11.90"))  # fmt: skip
    assert returned == ReportDay(date(2026, 11, 14), 0, zero, zero, Decimal("11.00"), Decimal("-11.00"), zero,
                                 Decimal("-1.90"), zero, Decimal("-12.90"))  # fmt: skip


def test_neither_token_nor_secret_stands_in_an_error(shop: Connections) -> None:
    with pytest.raises(AccessError) as caught:
        shop.to(client_id=None, client_secret=None, access_token="shpat_very_secret").check()
    assert "secret" not in str(caught.value).replace("secret,", "")
    assert "shpat" not in repr(shop.to(access_token="shpat_x")._settings)
