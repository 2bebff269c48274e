"""Who is who, from the records to the marts: persons move with all their orders, and no order and no cent is lost."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from fondaco.jobs.identity import LinkOutcome, decide, link_identities, members, split_sides

pytestmark = pytest.mark.slow
NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)
ENGINES = ["duckdb", pytest.param("postgres", marks=pytest.mark.postgres)]
TOTALS = (
    "count(*) as orders, sum(net_sales) as net_sales, sum(total_sales) as total_sales, sum(taxes) as taxes"
)


def link(books: Any, tenant: str) -> LinkOutcome:
    with books.warehouse.writer() as writer:
        return link_identities(writer, tenant, now=NOW)


def buyers(shop: Any) -> list[tuple[Any, ...]]:
    """Orders by person, a person told by the orders themselves."""
    found: dict[str, list[str]] = {}
    for number, person in shop.select("order_number, person_id", "marts.orders", "order_number"):
        found.setdefault(person, []).append(number)
    return sorted(tuple(numbers) for numbers in found.values())


def figures(shop: Any) -> tuple[Any, ...]:
    """Orders and money, as the orders have them and as the customers do."""
    of_orders = shop.select(TOTALS, "marts.orders", "1")
    of_customers = shop.select("sum(orders), sum(net_sales), sum(total_sales)", "marts.customers", "1")
    return of_orders, of_customers


def whole(books: Any) -> dict[str, list[tuple[Any, ...]]]:
    return {table: books.contents(table) for table in books.tables()}


@pytest.mark.parametrize("engine", ENGINES)
def test_merging_and_splitting_conserve_orders_and_money_and_need_no_full_refresh(
    open_books: Any, shop_type: Any, engine: str
) -> None:
    books = open_books(engine)
    shop = shop_type(books, "twoshops")
    shop.connect("online", "EUR")
    ada = {"first_name": "Ada", "last_name": "Müller", "phone": "+49 30 1234987", "country": "DE"}
    at_home = shop.customer("ada", email="ada@x.example", created_at="2025-01-01 00:00:00", **ada)
    away = shop.customer("ada", email="ada@work.example", created_at="2025-06-01 00:00:00", connection_id="online",
                         **{**ada, "last_name": "Mueller", "phone": "030 1234987"})  # fmt: skip
    shop.sale("1", "2026-03-01 10:00:00", "10", taxes="1.9", customer_id=at_home, email="ada@x.example")
    shop.sale(
        "2",
        "2026-03-02 10:00:00",
        "20.01",
        customer_id=away,
        connection_id="online",
        email="ada@work.example",
    )
    shop.sale("3", "2026-03-03 10:00:00", "40", email="Ada@Work.example")
    for number in ("4", "5"):
        shop.sale(number, f"2026-03-0{number} 10:00:00", "7", email="noreply@x.example")
    shop.sale("6", "2026-03-06 10:00:00", "5", email="ben@x.example")
    shop.write()
    books.build(tested=False)
    assert buyers(shop) == [("1",), ("2", "3"), ("4", "5"), ("6",)]
    before = figures(shop)

    outcome = link(books, shop.tenant)
    assert (outcome.records, outcome.set_aside) == (5, {"e-mail a mailbox in which nobody reads": 1})
    books.build(tested=False)
    assert buyers(shop) == [("1", "2", "3"), ("4",), ("5",), ("6",)]
    assert figures(shop) == before
    assert shop.select("customer_type", "marts.orders", "1", where="order_number = '3'") == [("returning",)]
    assert shop.select("distinct customer_type", "marts.sales_ledger", "1", where="order_id like '%:2'") == [
        ("returning",)
    ]

    [(person,)] = shop.select("person_id", "marts.orders", "1", where="order_number = '1'")
    with books.warehouse.writer() as writer:
        own = [member.record_id for member in members(writer, shop.tenant, person)]
        sides = split_sides(person, own, [at_home])
        decide(writer, shop.tenant, sides, is_same=False, by="owner@x.example", now=NOW)
    link(books, shop.tenant)
    books.build()
    assert buyers(shop) == [("1",), ("2", "3"), ("4",), ("5",), ("6",)]
    assert figures(shop) == before
    apart = whole(books)
    books.build(full_refresh=True, tested=False)
    assert whole(books) == apart


def test_the_first_build_has_the_persons_already(open_books: Any, shop_type: Any) -> None:
    """The view of records stands on views alone: it is made and read before any table of core is there."""
    books = open_books()
    shop = shop_type(books, "early")
    for number, address in (
        ("1", "ada.abel@gmail.com"),
        ("2", "adaabel+x@outlook.com"),
        ("3", "ADAABEL@outlook.com"),
    ):
        shop.sale(number, f"2026-03-0{number} 10:00:00", "10", email=address)
    shop.write()
    books.build(select="+core_identity_records")
    assert (
        books.rows(
            "select 1 as one from information_schema.tables where table_schema = 'core' and table_name = 'orders'"
        )
        == []
    )
    assert link(books, "early").persons == 2
    books.build()
    assert buyers(shop) == [("1",), ("2", "3")]


def test_without_links_the_models_take_every_record_for_the_person_that_the_view_says(
    open_books: Any, shop_type: Any
) -> None:
    books = open_books()
    shop = shop_type(books, "keys")
    told = [
        {"email": " A.B+c@gmail.com "}, {"email": "ab@googlemail.com"}, {"phone": "0049 30 1234987"}, {"phone": "+49301234987"},
        {"phone": "12"}, {"email": "nonsense"}, {},
    ]  # fmt: skip
    for number, contact in enumerate(told):
        shop.customer(f"c{number}", **contact)
        shop.sale(f"o{number}", "2026-03-01 10:00:00", "1", customer_id=shop.id(f"c{number}"))
        shop.sale(f"g{number}", "2026-03-02 10:00:00", "1", **contact)
        shop.sale(
            f"b{number}", "2026-03-03 10:00:00", "1", customer_id=shop.id(f"borrower{number}"), **contact
        )
    shop.write()
    books.build()
    differing = books.rows(
        """
        select records.record_id from core.identity_records as records
        left join core.customer_identities as identities on records.record_id = identities.customer_id
        left join (select distinct person_id from core.order_persons) as buyers
            on records.default_person_id = buyers.person_id
        where records.default_person_id <> coalesce(identities.person_id, buyers.person_id, '')
        """
    )
    assert differing == []
    counted = books.rows(
        "select is_account, count(*) as records from core.identity_records group by 1 order by 1"
    )
    assert counted == [{"is_account": False, "records": 2}, {"is_account": True, "records": 14}]
