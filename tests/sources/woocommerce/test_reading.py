"""What a slice of WooCommerce holds, over real HTTP."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from fondaco.errors import ConfigError, RetryableError
from fondaco.simulator.faults import Fault
from fondaco.simulator.woocommerce.app import demo_settings
from fondaco.sources.woocommerce import WooCommerceSettings
from fondaco.sources.woocommerce.client import WooCommerceClient
from fondaco.sources.woocommerce.streams import CATEGORIES, ORDERS, REFUNDS

if TYPE_CHECKING:
    from .conftest import Shop

pytestmark = pytest.mark.slow

RECENT = datetime(2026, 7, 15, tzinfo=UTC)
SERVED = "shop_id = 'brick' and not (deleted_at is not null and order_id % 2 = 0)"


def ids(found: list[dict[str, Any]]) -> list[int]:
    return [record["id"] for record in found]


def test_history_has_every_order_once_the_trash_among_them(shop: Shop) -> None:
    found = shop.read("orders")
    expected = shop.rows(f"select order_id from orders where {SERVED} order by order_id")
    assert sorted(ids(found)) == [row["order_id"] for row in expected]
    assert {"trash", "completed", "processing", "pending", "failed", "cancelled", "refunded"} <= {
        record["status"] for record in found
    }


def test_a_window_holds_what_was_modified_from_its_first_second_to_before_its_last(shop: Shop) -> None:
    moment = shop.rows(f"select updated_at from orders where {SERVED} order by updated_at limit 1 offset 200")
    since = moment[0]["updated_at"].replace(tzinfo=UTC, microsecond=0)
    until = since + timedelta(days=20)
    bounds = f"timestamp '{since:%Y-%m-%d %H:%M:%S}' and timestamp '{until:%Y-%m-%d %H:%M:%S}'"
    expected = shop.rows(
        f"select order_id from orders where {SERVED} and date_trunc('second', updated_at) between {bounds} "
        f"and date_trunc('second', updated_at) < timestamp '{until:%Y-%m-%d %H:%M:%S}' order by order_id"
    )
    assert sorted(ids(shop.read("orders", since, until))) == [row["order_id"] for row in expected]
    assert shop.read("orders", since, since + timedelta(seconds=1)), "its own first second belongs to it"


def test_orders_are_asked_for_by_id_in_a_fixed_window_with_six_places(shop: Shop) -> None:
    shop.read("orders")
    first = shop.requests[0]
    for part in (
        "modified_after=",
        "modified_before=2026-11-01T00",
        "dates_are_gmt=true",
        "orderby=id",
        "order=asc",
        "dp=6",
    ):
        assert part in first.replace("%3A", ":")
    assert any("status=trash" in request for request in shop.requests)


def test_fees_and_attribution_leave_the_meta_data_and_the_rest_of_it_stays_behind(shop: Shop) -> None:
    found = shop.read("orders")
    fees = {row["order_id"]: row["fee"] for row in shop.rows(
        "select order_id, sum(fee) as fee from transactions where kind in ('sale', 'capture') and fee is not null "
        "group by order_id")}  # fmt: skip
    told = {
        record["id"]: round(float(record["fondaco"]["payment_fee"]) * 100)
        for record in found
        if record["fondaco"]["payment_fee"]
    }
    served = {order: fee for order, fee in fees.items() if order in set(ids(found))}
    assert told == served and len(told) > 100
    assert {record["payment_method"] for record in found if record["id"] in told} == {"stripe", "paypal"}
    origins = [record["fondaco"]["attribution"] for record in found]
    assert {one["source_type"] for one in origins} == {"utm", "organic", "referral", "typein"}
    assert all(("utm_campaign" in one) == (one["source_type"] == "utm") for one in origins)
    assert all("meta_data" not in record and "customer_ip_address" not in record for record in found)
    assert not any("neighbour" in str(record) for record in found), "a note of a plugin is not ours to keep"


def test_history_has_every_refund_once_with_its_order(shop: Shop) -> None:
    found = shop.read("refunds")
    expected = shop.rows(
        f"select refund_id, order_id from refunds where order_id in (select order_id from orders where {SERVED})"
    )
    assert {record["id"]: record["parent_id"] for record in found} == {
        row["refund_id"]: row["order_id"] for row in expected
    }
    assert len(found) == len(expected)


def test_a_refund_that_leaves_its_order_untouched_is_found_by_its_own_day(shop: Shop) -> None:
    quiet = shop.rows(
        "select r.refund_id, r.created_at, o.updated_at from refunds as r inner join orders as o using (order_id) "
        "where not moves_order_updated_at and o.updated_at < r.created_at - interval 1 day and o.deleted_at is null limit 1"
    )[0]
    since = quiet["created_at"].replace(tzinfo=UTC, microsecond=0)
    found = shop.read("refunds", since, since + timedelta(hours=1), kind="incremental")
    assert quiet["refund_id"] in ids(found)


def test_refunds_of_changed_orders_are_read_where_the_list_of_refunds_is_missing(shop: Shop) -> None:
    shop.faults.switch([Fault(name="no_refunds_list")])
    found = shop.read("refunds", kind="incremental")
    visible = shop.rows(
        f"select refund_id from refunds where order_id in (select order_id from orders where {SERVED}) and order_id in "
        "(select r.order_id from refunds as r inner join orders as o using (order_id) where r.created_at <= o.updated_at)"
    )
    hidden = shop.rows(
        "select count(*) as n from refunds inner join orders as o using (order_id) "
        "where refunds.created_at > o.updated_at"
    )[0]["n"]
    assert sorted(ids(found)) == sorted(row["refund_id"] for row in visible) and hidden > 0
    assert all(record["parent_id"] for record in found)
    assert shop.source().ids(REFUNDS) is None


def test_an_incremental_slice_asks_orders_only_for_refunds_that_the_list_did_not_have(shop: Shop) -> None:
    refund = shop.rows(
        "select r.refund_id, r.order_id, o.updated_at from refunds as r inner join orders as o using (order_id) "
        "where o.updated_at > r.created_at + interval 2 day and o.deleted_at is null limit 1"
    )[0]
    since = refund["updated_at"].replace(tzinfo=UTC, microsecond=0)
    found = shop.read("refunds", since, since + timedelta(seconds=1), kind="incremental")
    assert refund["refund_id"] in ids(found), "its order changed in the window, the refund itself is older"


def test_all_customers_come_whatever_their_role(shop: Shop) -> None:
    found = shop.read_all("customers")
    expected = shop.rows("select customer_id from customers where shop_id = 'brick' and deleted_at is null")
    assert sorted(ids(found)) == sorted(row["customer_id"] for row in expected)
    assert "role=all" in shop.requests[0]


def test_products_bring_their_variations_stock_and_unit_cost_from_field_or_meta_data(shop: Shop) -> None:
    found = shop.read_all("products")
    costs = {row["variant_id"]: row["cost"] for row in shop.rows("select variant_id, cost from variants")}
    varied = [record for record in found if record["type"] == "variable"]
    assert varied and len(varied) < len(found)
    told = {v["id"]: v["fondaco"]["unit_cost"] for record in varied for v in record["fondaco"]["variations"]}
    assert told
    for variant, cost in told.items():
        assert (cost is None) == (costs[variant] is None)
        assert cost is None or round(float(cost) * 100) == costs[variant]
    kinds = {
        record["id"] % 2 for record in varied if record["fondaco"]["variations"][0]["fondaco"]["unit_cost"]
    }
    assert kinds == {0, 1}, "both WooCommerce's own field and a plugin's meta key were read"


def test_categories_come_with_the_one_above_and_products_with_theirs(shop: Shop) -> None:
    theirs = shop.rows(
        "select collection_id as id, title as name, coalesce(parent_id, 0) as parent from collections"
    )
    found = [{name: row[name] for name in ("id", "name", "parent")} for row in shop.read_all("categories")]
    assert sorted(found, key=lambda row: row["id"]) == sorted(theirs, key=lambda row: row["id"])
    assert {row["parent"] for row in found} > {0}
    members = {
        (product["id"], category["id"])
        for product in shop.read_all("products")
        for category in product["categories"]
    }
    gone = "select product_id from products where deleted_at is not null"
    sql = f"select product_id, collection_id from product_collections where product_id not in ({gone})"
    assert members == {tuple(row.values()) for row in shop.rows(sql)}
    assert set(shop.source().ids(CATEGORIES) or ()) == {str(row["id"]) for row in found}


def test_the_trash_is_told_as_deletions_and_ids_have_what_is_left(shop: Shop) -> None:
    source = shop.source()
    buried = list(source.tombstones(datetime(2020, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)))
    trashed = shop.rows(f"select order_id from orders where {SERVED} and deleted_at is not null")
    assert {each.record_id for each in buried if each.stream == "orders"} == {
        str(row["order_id"]) for row in trashed
    }
    assert {each.found_by for each in buried} == {"trash"}
    gone = shop.rows("select order_id from orders where deleted_at is not null and order_id % 2 = 0")
    left = source.ids(ORDERS)
    assert left is not None
    assert not {str(row["order_id"]) for row in gone} & set(left) and gone


def test_a_moving_list_is_read_again_until_it_stands_still(shop: Shop) -> None:
    calm = sorted(ids(shop.read("orders", RECENT)))
    shop.faults.switch([Fault(name="list_moves", times=2, path="/orders")])
    moved = ids(shop.read("orders", RECENT))
    assert shop.faults.happened["list_moves"] == 2
    assert sorted(set(moved)) == calm, "a record that leaves the list pushes none out of the slice"


def test_a_list_that_never_stands_still_fails_in_words(shop: Shop) -> None:
    shop.faults.switch([Fault(name="list_moves", path="/orders")])
    with pytest.raises(RetryableError, match="changed on every one of 6 readings"):
        shop.read("orders", RECENT)


def test_a_page_that_comes_twice_is_noticed_by_the_total(shop: Shop) -> None:
    calm = sorted(ids(shop.read("orders", RECENT)))
    shop.faults.switch([Fault(name="duplicate_page", times=1, path="orders")])
    found = ids(shop.read("orders", RECENT))
    assert shop.faults.happened["duplicate_page"] == 1
    assert sorted(set(found)) == calm


def test_a_server_that_fails_on_full_pages_is_read_in_smaller_ones(shop: Shop) -> None:
    calm = sorted(ids(shop.read("orders", RECENT)))
    shop.requests.clear()
    shop.faults.switch([Fault(name="heavy_page", path="/orders")])
    assert sorted(ids(shop.read("orders", RECENT))) == calm
    sizes = [int(match[1]) for request in shop.requests if (match := re.search(r"per_page=(\d+)", request))]
    assert sizes[:3] == [100, 100, 100] and 5 in sizes and 1 not in sizes


@pytest.mark.parametrize(
    "fault",
    [
        Fault(name="storm", times=4, seconds=7),
        Fault(name="server_error", times=2, status=502),
        Fault(name="server_error", times=2, status=508),
        Fault(name="cut", times=2),
        Fault(name="html_page", times=2),
    ],
    ids=lambda fault: f"{fault.name}-{fault.status}",
)
def test_passing_faults_change_nothing(shop: Shop, fault: Fault) -> None:
    calm = ids(shop.read("orders", RECENT))
    shop.faults.switch([fault])
    assert ids(shop.read("orders", RECENT)) == calm
    assert shop.faults.happened[fault.name] == fault.times
    if fault.name == "storm":
        assert shop.slept[:4] == [7, 7, 7, 7], "as long as Retry-After asks"


def test_a_version_that_ignores_the_window_is_found_out(shop: Shop) -> None:
    shop.faults.switch([Fault(name="ignores_modified")])
    with pytest.raises(ConfigError, match="ignores the filter") as caught:
        shop.read("orders", datetime(2026, 10, 31, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC))
    assert "5.8" in caught.value.remedy


def test_a_shop_that_counts_records_it_cannot_show_is_still_read_and_told(shop: Shop) -> None:
    """Broken orders are counted by WordPress and left out by WooCommerce, on every reading alike."""
    settings = WooCommerceSettings.model_validate(demo_settings(shop.base_url, "brick"))
    client = ShortOfOne(settings, sleep=shop.slept.append)
    rows = [row for page in client.pages("wc/v3/customers", role="all") for row in page]
    total = shop.rows("select count(*) as n from customers where deleted_at is null")[0]["n"]
    assert 0 < len({row["id"] for row in rows}) < total
    (warning,) = client.take_warnings()
    assert f"counts {total} records in its list wc/v3/customers and delivers " in warning
    list(client.pages("wc/v3/customers", role="all"))
    assert client.take_warnings() == [], "of each list it is told once"


class ShortOfOne(WooCommerceClient):
    """A shop whose every page lacks its first record."""

    def _page(self, path: str, parameters: Any, position: int, size: int) -> Any:
        response, rows, smaller = super()._page(path, parameters, position, size)
        return response, rows[1:], smaller
