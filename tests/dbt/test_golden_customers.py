"""Who is one customer, and who is new. The golden cases are told in ``golden``."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from tests.dbt.golden import case

pytestmark = pytest.mark.slow
D = Decimal


@case("guests")
def _guests(shop: Any) -> None:
    for number, email in enumerate(
        ("Ann.Smith@gmail.com", " annsmith+shop@googlemail.com", "ANNSMITH@GMAIL.COM"), 1
    ):
        customer = shop.customer(f"c{number}", email=email)
        shop.sale(str(number), f"2026-03-0{number} 10:00:00", "10", customer_id=customer, email=email)
    shop.sale("4", "2026-03-04 10:00:00", "10", email="annsmith@gmail.com")
    shop.sale("5", "2026-03-05 10:00:00", "10", phone="+49 (170) 123-4567")
    shop.sale("6", "2026-03-06 10:00:00", "10", phone="0049 170 1234567")
    shop.sale("7", "2026-03-07 10:00:00", "10")
    shop.sale("8", "2026-03-08 10:00:00", "10")
    named = shop.customer("c9")
    shop.sale("9", "2026-03-09 10:00:00", "10", customer_id=named, email="till@x.example")
    shop.sale("10", "2026-03-10 10:00:00", "10", customer_id=named)


def test_11_guests_with_three_ids_and_one_address_are_one_person(golden: Any) -> None:
    """Orders 1 to 4 are Ann, 5 and 6 one telephone, 7 and 8 are two unknown people, 9 and 10 one account."""
    found = golden["guests"].select(
        "cast(order_number as integer), customer_type, order_sequence", "marts.orders", "1"
    )
    assert found == [
        (1, "new", 1),
        (2, "returning", 2),
        (3, "returning", 3),
        (4, "returning", 4),
        (5, "new", 1),
        (6, "returning", 2),
        (7, "new", 1),
        (8, "new", 1),
        (9, "new", 1),
        (10, "returning", 2),
    ]


def test_11_orders_without_a_customer_are_not_one_customer(golden: Any) -> None:
    """Ann, the telephone, two unknown, the account: five people, five first orders."""
    shop = golden["guests"]
    assert shop.select("count(*), sum(orders)", "marts.customers", "1") == [(5, D(10))]


def test_17_an_older_order_that_arrives_late_turns_the_new_customer_into_a_returning_one(
    open_books: Any, shop_type: Any
) -> None:
    """Orders of the 10th and 20th are known; that of the 5th arrives a day later.

    Incremental and whole builds give the same rows: the 5th is new, the 10th and 20th are returning.
    """
    books = open_books()
    shop = shop_type(books, "late")
    shop.sale("2", "2026-03-10 10:00:00", "10", email="a@x.example")
    shop.sale("3", "2026-03-20 10:00:00", "20", email="a@x.example")
    shop.write()
    books.build(tested=False)
    wanted = "order_number, order_sequence, customer_type, is_first_order"
    assert shop.select(wanted, "marts.orders", "1") == [
        ("2", 1, "new", True),
        ("3", 2, "returning", False),
    ]
    shop.synced_at = "2026-03-31 00:00:00"
    shop.sale("1", "2026-03-05 10:00:00", "5", email="A@x.example")
    shop.write()
    books.build()
    found = {table: books.contents(table) for table in books.tables()}
    assert shop.select(wanted, "marts.orders", "1") == [
        ("1", 1, "new", True),
        ("2", 2, "returning", False),
        ("3", 3, "returning", False),
    ]
    assert shop.select("sum(net_sales)", "marts.sales_ledger", "1", where="customer_type = 'new'") == [
        (D(5),)
    ]
    books.build(full_refresh=True, tested=False)
    assert {table: books.contents(table) for table in books.tables()} == found
