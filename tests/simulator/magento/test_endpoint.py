"""The simulated Magento keeps the vendor's manners, its bad ones too."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from starlette.testclient import TestClient

from fondaco.simulator.magento.access import ACCESS_TOKEN
from fondaco.simulator.magento.app import Behaviour, create_app
from fondaco.simulator.schema import HIDDEN
from fondaco.simulator.store import Store
from fondaco.simulator.world import generate_world

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("magento_endpoint")]

API = "/magento/delta/rest/all/V1"


@pytest.fixture(scope="module")
def garden(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A Magento shop of 300 orders."""
    folder = tmp_path_factory.mktemp("garden")
    generate_world(
        folder, seed=7, orders=300, end=datetime(2026, 11, 1, tzinfo=UTC), days=400, shops=("delta",)
    )
    with Store.build(folder) as store:
        yield store


@pytest.fixture
def behaviour() -> Behaviour:
    found = Behaviour()
    found.access.takes_bearer = True
    return found


@pytest.fixture
def client(garden: Store, behaviour: Behaviour) -> Iterator[TestClient]:
    with TestClient(create_app(garden, behaviour=behaviour)) as opened:
        opened.headers["Authorization"] = f"Bearer {ACCESS_TOKEN}"
        yield opened


def search(client: TestClient, path: str, **more: str) -> Any:
    criteria = {
        f"searchCriteria[{name}]": value for name, value in {"pageSize": "50", "currentPage": "1"}.items()
    }
    return client.get(f"{API}/{path}", params={**criteria, **more})


def a_filter(group: int, field: str, condition: str, value: str) -> dict[str, str]:
    place = f"searchCriteria[filterGroups][{group}][filters][0]"
    return {f"{place}[field]": field, f"{place}[conditionType]": condition, f"{place}[value]": value}


def test_the_shop_keeps_every_law(garden: Store, broken_laws: Callable[[Store], dict[str, int]]) -> None:
    assert broken_laws(garden) == {}


def test_the_truth_counts_orders_as_the_admins_report(garden: Store) -> None:
    days = garden.daily_report("delta", date(2000, 1, 1), date(2100, 1, 1))
    counted = garden.rows(
        "select count(*) as n from orders where deleted_at is null and status not in ('pending', 'cancelled')"
    )
    waiting = garden.rows("select count(*) as n from orders where status = 'pending'")
    assert sum(row["orders"] for row in days) == counted[0]["n"]
    assert waiting[0]["n"] > 0


def test_what_was_invoiced_is_never_cancelled(garden: Store) -> None:
    paid = "select order_id from transactions where status = 'success' and kind in ('sale', 'capture')"
    assert garden.rows(f"select 1 from orders where status = 'cancelled' and order_id in ({paid})") == []


def test_without_a_credential_nothing_is_told(client: TestClient, behaviour: Behaviour) -> None:
    behaviour.access.takes_bearer = False
    answer = search(client, "orders")
    assert (answer.status_code, list(answer.json())) == (401, ["message"])


def test_what_is_not_granted_is_refused_with_401_as_magento_does(
    client: TestClient, behaviour: Behaviour
) -> None:
    behaviour.access.refused = frozenset({"invoices"})
    assert (search(client, "invoices").status_code, search(client, "orders").status_code) == (401, 200)


def test_a_page_beyond_the_last_is_the_last_once_more(client: TestClient) -> None:
    pages = [search(client, "orders", **{"searchCriteria[currentPage]": str(n)}).json() for n in (1, 6, 90)]
    assert pages[1]["items"] == pages[2]["items"] != pages[0]["items"]
    assert {page["total_count"] for page in pages} == {pages[0]["total_count"]}


def test_groups_are_anded_and_instants_are_utc_without_an_offset(client: TestClient) -> None:
    first = search(client, "orders").json()["items"][0]
    same = search(
        client,
        "orders",
        **a_filter(0, "updated_at", "gteq", first["updated_at"]),
        **a_filter(1, "entity_id", "lteq", str(first["entity_id"])),
    )
    assert [row["entity_id"] for row in same.json()["items"]] == [first["entity_id"]]


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        (a_filter(0, "colour", "eq", "red"), "Unknown column 'colour'"),
        (a_filter(0, "entity_id", "resembles", "1"), "condition resembles"),
        (a_filter(0, "updated_at", "gt", "2026-01-01T00:00:00+02:00"), "carries an offset"),
        ({"searchCriteria[pageSize]": "many"}, "type is invalid"),
    ],
)
def test_nonsense_is_refused(client: TestClient, parameters: dict[str, str], words: str) -> None:
    answer = search(client, "orders", **parameters)
    assert answer.status_code == 400 and words in answer.json()["message"]


def test_limits_of_input_are_held_where_they_are_on(client: TestClient, behaviour: Behaviour) -> None:
    behaviour.largest_page = 30
    assert search(client, "orders").json()["message"] == "Maximum SearchCriteria pageSize is 30"


def test_a_list_needs_criteria(client: TestClient) -> None:
    assert client.get(f"{API}/orders").status_code == 400


def test_fields_narrow_the_records(client: TestClient) -> None:
    found = search(client, "orders", fields="items[entity_id],total_count").json()
    assert {tuple(row) for row in found["items"]} == {("entity_id",)}


def test_an_order_adds_up_as_magento_adds(client: TestClient) -> None:
    """Parts before tax, the discount with it where prices have it, and its compensation."""
    orders = search(client, "orders").json()["items"]
    for order in orders:
        parts = (
            "base_subtotal", "base_discount_amount", "base_tax_amount", "base_discount_tax_compensation_amount",
            "base_shipping_amount", "base_shipping_discount_tax_compensation_amnt",
        )  # fmt: skip
        assert round(sum(order[name] for name in parts) - order["base_grand_total"], 4) == 0
    assert any(order["base_discount_amount"] for order in orders)


def test_only_one_level_of_items_has_money(client: TestClient) -> None:
    items = [item for order in search(client, "orders").json()["items"] for item in order["items"]]
    children = [item for item in items if item.get("parent_item_id")]
    assert children and not any(item["base_row_total"] or item["base_tax_amount"] for item in children)
    parents = {item["item_id"]: item for item in items if item["product_type"] == "configurable"}
    assert {item["parent_item_id"] for item in children} == set(parents)


@pytest.mark.parametrize("path", ["orders", "customers/search", "products", "creditmemos"])
def test_nothing_hidden_is_served(client: TestClient, path: str) -> None:
    text = search(client, path).text
    for name in {name for names in HIDDEN.values() for name in names} - {"shop_id"}:
        assert f'"{name}"' not in text
