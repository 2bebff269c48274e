"""A few letters find the product, customer or order that is meant."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from tests.published import publish

from fondaco.metrics import lookup
from fondaco.metrics.customers import Wanted, listed
from fondaco.orchestration import Project
from fondaco.warehouse.engine import Reader

pytestmark = pytest.mark.slow

PRODUCTS = [
    {"product_id": "a:1", "title": "Linen throw", "net_sales": 10},
    {"product_id": "a:2", "title": "Undyed linen", "net_sales": 900},
    {"product_id": "a:3", "title": "100% wool", "net_sales": 5},
    {"product_id": "a:4", "title": "1000 wools", "net_sales": 50, "source_product_id": "4"},
    {"product_id": "b:1", "title": "Linen throw", "tenant_id": "other"},
]
CUSTOMERS = [
    {"person_id": "p1", "first_name": "Ana", "last_name": "Ortega", "email": "ana@example.com", "orders": 2},
    {"person_id": "p2", "first_name": "Juana", "last_name": "Lind", "email": "jl@example.com", "orders": 9},
    {"person_id": "p3", "last_name": "Weiß", "phone": "+49 (0)30 12 34-56", "email": "w@example.com"},
    {"person_id": "p9", "first_name": "Ana", "tenant_id": "other"},
]
STOCK = [{"product_id": "a:1", "variant_id": "v1", "sku": "LIN-BLUE"}]
SOLD = [{"product_id": "a:3", "variant_id": "v3", "sku": "wool-9"}]
ACCOUNTS = [
    {"record_id": "r1", "person_id": "p1", "email": "ana@example.com"},
    {"record_id": "r2", "person_id": "p1", "email": "Ortega@work.example", "phone": "+34 600 111 222"},
    {"record_id": "r9", "person_id": "p9", "email": "ortega@work.example", "tenant_id": "other"},
]
ORDERS = [
    {"order_id": "a:10", "order_number": "#10", "order_date": date(2026, 1, 1), "source_order_id": "7001"},
    {"order_id": "a:101", "order_number": "#101", "order_date": date(2026, 1, 2)},
    {"order_id": "b:10", "order_number": "10", "order_date": date(2026, 1, 3)},
    {"order_id": "c:10", "order_number": "#10", "tenant_id": "other"},
]


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    folder: Path = tmp_path_factory.mktemp("lookup") / "project"
    with Project.create(folder) as project:
        publish(
            project,
            products=PRODUCTS,
            inventory=STOCK,
            product_sales_daily=SOLD,
            customers=CUSTOMERS,
            customer_accounts=ACCOUNTS,
            orders=ORDERS,
        )
        yield project.reader


def ids(find: Callable[..., pa.Table], reader: Reader, words: str, **more: Any) -> list[str]:
    found: list[str] = find(reader, "default", words, **more).column(0).to_pylist()
    return found


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("linen", ["a:1", "a:2"]),
        ("LINEN T", ["a:1"]),
        ("100%", ["a:3"]),
        ("_", []),
        ("'; drop table x; --", []),
        ("4", ["a:4"]),
        ("lin-blu", ["a:1"]),
        ("WOOL-9", ["a:3"]),
        ("wool-", []),
    ],
)
def test_products_are_found_by_their_title_and_number(reader: Reader, words: str, found: list[str]) -> None:
    assert ids(lookup.find_products, reader, words) == found


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("ana", ["p1", "p2"]),
        ("ana o", ["p1"]),
        ("lind", ["p2"]),
        ("JL@example", ["p2"]),
        ("example.com", []),
        ("030 123456", ["p3"]),
        ("+49 30 123", ["p3"]),
        ("+49 (0)30 1234", ["p3"]),
        ("0301234569", []),
        ("weiß", ["p3"]),
        ("ortega@WORK", ["p1"]),
        ("0600 111222", ["p1"]),
    ],
)
def test_customers_are_found_by_name_address_and_telephone(
    reader: Reader, words: str, found: list[str]
) -> None:
    assert ids(lookup.find_customers, reader, words) == found


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("10", ["b:10", "a:10", "a:101"]),
        ("#10", ["b:10", "a:10", "a:101"]),
        ("101", ["a:101"]),
        ("7001", ["a:10"]),
        ("%", []),
    ],
)
def test_orders_are_found_by_the_number_on_them(reader: Reader, words: str, found: list[str]) -> None:
    assert ids(lookup.find_orders, reader, words) == found


def test_no_more_is_found_than_was_asked_for(reader: Reader) -> None:
    assert ids(lookup.find_products, reader, "linen", limit=1) == ["a:1"]


@pytest.mark.postgres
def test_postgresql_finds_the_same(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FONDACO_WAREHOUSE__KIND", "postgres")
    monkeypatch.setenv("FONDACO_WAREHOUSE__URL", postgres_url)
    with Project.create(tmp_path / "project") as project:
        publish(
            project,
            products=PRODUCTS,
            inventory=STOCK,
            product_sales_daily=SOLD,
            customers=CUSTOMERS,
            customer_accounts=ACCOUNTS,
            orders=ORDERS,
        )
        assert ids(lookup.find_products, project.reader, "LINEN") == ["a:1", "a:2"]
        assert ids(lookup.find_products, project.reader, "100%") == ["a:3"]
        assert ids(lookup.find_customers, project.reader, "030 123456") == ["p3"]
        assert ids(lookup.find_customers, project.reader, "ana") == ["p1", "p2"]
        assert ids(lookup.find_customers, project.reader, "ortega@work") == ["p1"]
        assert ids(lookup.find_orders, project.reader, "10") == ["b:10", "a:10", "a:101"]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("work.example", ["p1"]),
        ("juana work.example", []),
        ("ana work.example", ["p1"]),
        ("600 111 222", ["p1"]),
        ("030 1234", ["p3"]),
    ],
)
def test_the_list_of_customers_knows_the_addresses_and_numbers_of_all_their_accounts(
    reader: Reader, words: str, found: list[str]
) -> None:
    rows, count = listed(reader, "default", Wanted(text=words))
    assert ([row["person_id"] for row in rows], count) == (found, len(found))
