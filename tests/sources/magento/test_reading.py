"""How lists are read: by key, by window, whole, whatever the shop does meanwhile."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import pytest

from fondaco.errors import RetryableError
from fondaco.simulator.faults import Fault
from fondaco.sources.magento.streams import STREAMS

from .conftest import END

if TYPE_CHECKING:
    from .conftest import Shop

pytestmark = pytest.mark.slow

DAY = timedelta(days=1)
LATELY = END - 60 * DAY


def ids_of(shop: Shop, stream: str) -> list[str]:
    found = shop.source().ids(next(each for each in STREAMS if each.name == stream))
    return list(found or ())


def numbers(rows: list[dict[str, Any]], name: str = "entity_id") -> list[int]:
    return [row[name] for row in rows]


def test_every_order_is_read_once_on_however_many_pages(shop: Shop) -> None:
    wanted = [
        row["order_id"]
        for row in shop.rows(
            "select order_id from orders where deleted_at is null and updated_at < timestamp '2026-11-01' order by 1"
        )
    ]
    assert numbers(shop.read("orders", page_size=300)) == wanted
    assert numbers(shop.read("orders", page_size=77)) == wanted


def test_a_page_goes_on_behind_the_last_key_and_never_by_its_number(shop: Shop) -> None:
    """A page beyond the last would be the last once more, and changes would move records onto pages already read."""
    shop.read("credit_memos", page_size=50)
    asked = [unquote(request) for request in shop.requests if "/creditmemos?" in request]
    assert len(asked) == 3
    assert all("searchCriteria[currentPage]=1" in request for request in asked)
    assert ["[conditionType]=gt&" in request for request in asked] == [False, True, True]


def test_a_list_that_ends_with_a_full_page_ends(shop: Shop) -> None:
    rules = shop.rows("select count(*) as n from discounts")[0]["n"]
    assert len(shop.read("sales_rules", page_size=rules // 2)) == rules


def test_a_window_takes_its_first_second_and_leaves_its_last(shop: Shop) -> None:
    at = shop.rows(
        "select updated_at from orders where deleted_at is null order by updated_at limit 1 offset 700"
    )
    moment = at[0]["updated_at"].replace(tzinfo=END.tzinfo)
    within = shop.read("orders", moment, moment + timedelta(seconds=1))
    assert [row["updated_at"] for row in within] == [f"{moment:%Y-%m-%d %H:%M:%S}"] * len(within)
    assert within and shop.read("orders", moment + timedelta(seconds=1), moment + timedelta(seconds=1)) == []


def test_history_of_customers_and_products_begins_with_the_first(shop: Shop) -> None:
    late = END - DAY
    living = shop.rows("select count(*) as n from products where deleted_at is null")[0]["n"]
    assert len(shop.read("products", late, END)) == 0
    assert len(shop.read("products", late, END, kind="backfill")) > living
    assert len(shop.read("customers", late, END)) < len(shop.read("customers", late, END, kind="backfill"))


def test_one_connection_may_read_some_of_the_store_views(shop: Shop) -> None:
    whole, second = shop.read("orders", LATELY), shop.read("orders", LATELY, store_views=("business",))
    assert numbers(second) == [row["entity_id"] for row in whole if row["store_id"] == 2]
    assert any("/rest/business/V1/" in request for request in shop.requests)
    assert 0 < len(shop.read("credit_memos", store_views=("business",))) < len(shop.read("credit_memos"))
    assert len(shop.read("customers", store_views=("business",))) == len(shop.read("customers"))


def test_amounts_are_the_text_that_the_shop_wrote(shop: Shop) -> None:
    """A binary float of a price would not be that price."""
    order = shop.read("orders", LATELY)[0]
    sql = f"select placed_total from orders where order_id = {order['entity_id']}"
    truth = shop.rows(sql)[0]["placed_total"]
    assert order["base_grand_total"] == f"{truth / 100:.10g}"


def test_what_nobody_reads_of_a_person_stays_behind(shop: Shop) -> None:
    streams = ("orders", "customers", "invoices", "credit_memos", "transactions", "shipments", "sources")
    texts = [str(row) for stream in streams for row in shop.read(stream, LATELY)]
    for unread in ("203.0.113.7", "ends with 1111", "neighbour", "Somewhere", "1980-01-01", "Unread"):
        assert not any(unread in text for text in texts), unread
    assert {row["fondaco"]["placed_by_visitor"] for row in shop.read("orders", LATELY)} == {True}


def test_ids_ask_for_nothing_but_ids(shop: Shop) -> None:
    living = shop.rows(
        "select refund_id::varchar as id from refunds where order_id in (select order_id from orders where deleted_at is null) "
        "order by refund_id"
    )
    assert ids_of(shop, "credit_memos") == [row["id"] for row in living]
    assert all("fields=items%5Bentity_id%5D%2Ctotal_count" in request for request in shop.requests)
    assert ids_of(shop, "source_items") == [] and ids_of(shop, "sources") == ["main-warehouse", "store"]


def test_records_are_read_again_by_their_ids(shop: Shop) -> None:
    wanted = numbers(shop.read("orders", LATELY))[5:8]
    orders = next(each for each in STREAMS if each.name == "orders")
    pages = list(shop.source().read_again(orders, [str(number) for number in wanted]))
    assert [page.records for page in pages] == [3]


def test_variants_are_asked_for_where_the_list_leaves_them_out(shop: Shop) -> None:
    told = {row["id"]: row["fondaco"]["children"] for row in shop.read("products")}
    shop.behaviour.hides_links = True
    assert {row["id"]: row["fondaco"]["children"] for row in shop.read("products")} == told
    assert any("/configurable-products/P-" in request for request in shop.requests)
    assert any(children for children in told.values())


def test_a_page_that_is_too_much_for_the_server_is_asked_for_in_quarters(shop: Shop) -> None:
    shop.faults.switch([Fault(name="server_error", times=3, path="/orders")])
    assert len(shop.read("orders", LATELY, page_size=100)) == len(shop.read("orders", LATELY))
    sizes = {unquote(request).partition("[pageSize]=")[2].partition("&")[0] for request in shop.requests}
    assert "25" in sizes


def test_a_page_that_repeats_the_one_before_is_asked_for_again_then_refused(shop: Shop) -> None:
    shop.faults.switch([Fault(name="duplicate_page", times=1, path="creditmemos")])
    memos = shop.read("credit_memos", page_size=50)
    assert numbers(memos) == sorted(set(numbers(memos))) and shop.faults.happened["duplicate_page"] == 1
    shop.faults.switch([Fault(name="duplicate_page", path="inventory/source-items")])
    with pytest.raises(RetryableError, match="does not follow the one before"):
        shop.read("source_items", page_size=10)


def test_a_throttled_request_waits_as_long_as_it_is_told(shop: Shop) -> None:
    shop.faults.switch([Fault(name="storm", times=1, seconds=7, path="/creditmemos")])
    shop.read("credit_memos")
    assert shop.slept == [7.0]
