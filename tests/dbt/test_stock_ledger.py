"""The stock ledger: what was there, what moved it, and what nobody wrote down, by location, variant and day."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests.dbt.stocked import LEDGER, Stocked

from fondaco.jobs.stock import keep_stock_levels

pytestmark = pytest.mark.slow
ENGINES = ["duckdb", pytest.param("postgres", marks=pytest.mark.postgres)]
NOW = "2026-03-31 12:00:00"


@pytest.fixture(scope="module", params=ENGINES)
def books(request: pytest.FixtureRequest, open_books: Any) -> Any:
    return open_books(request.param)


@pytest.fixture(scope="module")
def shops(books: Any, shop_type: Any) -> Iterator[dict[str, Stocked]]:
    """Every shop of this page, built once."""
    made = {
        name: Stocked(shop_type(books, name))
        for name in ("known", "counted", "placed", "bundled", "late", "empty", "silent", "absurd", "bought")
    }
    for name, shop in made.items():
        globals()[f"_{name}"](shop)
        shop.shop.write()
    books.build(now=NOW)
    yield made


def _known(one: Stocked) -> None:
    """Levels read on three days; a receipt, sales, a return, a transfer, a breakage, and two pieces that nobody wrote down."""
    main, store = one.location("Main"), one.location("Store")
    mug = one.shop.variant("MUG", "4")
    for location in (main, store):
        one.was(location, mug, 10, "2026-03-10 23:00:00")
    one.was(main, mug, 25, "2026-03-12 23:00:00")
    one.was(store, mug, 13, "2026-03-13 23:00:00")
    for day in (10, 11, 12, 13):
        one.read(f"2026-03-{day} 23:00:00")
    early = one.sold("early", mug, "2026-03-08 09:00:00", 3)
    one.came_back(early, mug, "2026-03-11 09:00:00", 2, 1)
    one.sold("o1", mug, "2026-03-11 10:00:00", 4)
    one.entry("receipts", "r1", "MUG", "2026-03-12 00:00:00", 24, location="Main")
    one.entry(
        "stock_movements", "t1/from", "MUG", "2026-03-12 00:00:00", -3, kind="transfer", location="main"
    )
    one.entry("stock_movements", "t1/to", "MUG", "2026-03-12 00:00:00", 3, kind="transfer", location="Store")
    one.entry("stock_movements", "c1", "MUG", "2026-03-12 00:00:00", -1, kind="correction", location="Main")
    one.level(main, mug, 25, "2026-03-31 11:00:00")
    one.level(store, mug, 13, "2026-03-31 11:00:00")


def test_the_ledger_says_what_moved_and_what_nobody_wrote_down(shops: dict[str, Stocked]) -> None:
    """Sales leave from the oldest location. Before the first level, what was there is worked back from it."""
    one = shops["known"]
    main, store, mug = one.shop.id("Main"), one.shop.id("Store"), one.shop.id("MUG")
    assert one.ledger(main, mug, f"{LEDGER}, vendor_level, basis") == [
        ("2026-03-08", 13, 0, 3, 0, 0, 0, 0, 0, 0, 10, None, "worked_back"),
        ("2026-03-10", 10, 0, 0, 0, 0, 0, 0, 0, 0, 10, 10, "known"),
        ("2026-03-11", 10, 0, 4, 0, 1, 0, 0, 0, 3, 10, 10, "known"),
        ("2026-03-12", 10, 24, 0, 0, 0, -3, -1, 0, -5, 25, 25, "known"),
        ("2026-03-13", 25, 0, 0, 0, 0, 0, 0, 0, 0, 25, 25, "known"),
    ]
    assert one.ledger(store, mug)[-3:-1] == [
        ("2026-03-12", 10, 0, 0, 0, 0, 3, 0, 0, -3, 10),
        ("2026-03-13", 10, 0, 0, 0, 0, 0, 0, 0, 3, 13),
    ]


def _counted(one: Stocked) -> None:
    """A warehouse of no shop, which only sheets tell of: two receipts, a count that finds three too few: they were there once."""
    one.shop.connect("counted-file", "EUR", source="files")
    one.location("Cellar", "counted-file", source="files")
    one.shop.variant("MUG", "4")
    one.entry("receipts", "r1", "MUG", "2026-03-02 00:00:00", 12)
    one.entry("receipts", "r2", "MUG", "2026-03-05 00:00:00", 12)
    one.sold("o1", one.shop.id("MUG"), "2026-03-06 10:00:00", 5)
    one.entry("stock_counts", "c1", "MUG", "2026-03-07 00:00:00", 16)
    one.sold("o2", one.shop.id("MUG"), "2026-03-09 10:00:00", 1)


def test_a_merchant_with_sheets_alone_has_a_ledger(shops: dict[str, Stocked]) -> None:
    one = shops["counted"]
    assert one.ledger("counted-file:Cellar", one.shop.id("MUG"), f"{LEDGER}, basis") == [
        ("2026-03-02", 0, 12, 0, 0, 0, 0, 0, 0, 0, 12, "worked_back"),
        ("2026-03-05", 12, 12, 0, 0, 0, 0, 0, 0, 0, 24, "worked_back"),
        ("2026-03-06", 24, 0, 5, 0, 0, 0, 0, 0, 0, 19, "worked_back"),
        ("2026-03-07", 19, 0, 0, 0, 0, 0, 0, -3, 0, 16, "known"),
        ("2026-03-09", 16, 0, 1, 0, 0, 0, 0, 0, 0, 15, "known"),
    ]


def _placed(one: Stocked) -> None:
    one.location("100"), one.location("99")
    one.shop.variant("MUG", "4")
    one.shop._add("sales_locations", {"location": "100", "shop": "Placed-Shop", "channel": "pos"}, {})
    one.sold("web", one.shop.id("MUG"), "2026-03-02 10:00:00", 5)
    one.sold("pos", one.shop.id("MUG"), "2026-03-02 10:00:00", 2, channel="pos")


def test_sales_leave_from_where_the_merchant_says_and_else_from_the_oldest_location(
    shops: dict[str, Stocked],
) -> None:
    one = shops["placed"]
    rows = one.shop.select("location_id, sold", "marts.stock_ledger", "1")
    assert rows == [(one.shop.id("100"), 2), (one.shop.id("99"), 5)]


def _bundled(one: Stocked) -> None:
    main = one.location("Main")
    for sku in ("SET", "MUG", "TEA"):
        one.shop.variant(sku, "4")
    for part, quantity in (("MUG", 2), ("TEA", 1)):
        one.shop._add("bundle_parts", {"bundle_sku": "SET", "part_sku": part, "quantity": quantity}, {})
    one.was(main, one.shop.id("MUG"), 10, "2026-03-01 23:00:00")
    one.read("2026-03-01 23:00:00")
    one.sold("o1", one.shop.id("SET"), "2026-03-02 10:00:00", 3)
    one.sold("o2", one.shop.id("MUG"), "2026-03-02 11:00:00", 1)


def test_a_bundle_is_taken_from_the_shelf_as_its_parts(shops: dict[str, Stocked]) -> None:
    one = shops["bundled"]
    main = one.shop.id("Main")
    assert one.ledger(main, one.shop.id("MUG"), "sold, bundled, closing") == [
        ("2026-03-01", 0, 0, 10),
        ("2026-03-02", 1, 6, 3),
    ]
    assert one.ledger(main, one.shop.id("TEA"), "sold, bundled") == [("2026-03-02", 0, 3)]
    assert one.ledger(main, one.shop.id("SET"), "sold") == []


def _late(one: Stocked) -> None:
    """A run at noon: what is sold in the afternoon is not in the level of that day."""
    main = one.location("Main")
    mug = one.shop.variant("MUG", "4")
    one.was(main, mug, 10, "2026-03-10 12:00:00")
    one.was(main, mug, 7, "2026-03-11 12:00:00")
    one.read("2026-03-10 12:00:00")
    one.read("2026-03-11 12:00:00")
    one.sold("after", mug, "2026-03-10 15:00:00", 2)
    one.sold("before", mug, "2026-03-11 09:00:00", 1)
    # Nobody tells whether it is in stock again: the settings of profit say that returns are.
    order = one.sold("again", mug, "2026-03-11 16:00:00", 4)
    one.came_back(order, mug, "2026-03-11 18:00:00", 3, None)
    one.level(main, mug, 6, "2026-03-12 08:00:00")


def test_what_is_sold_after_a_level_was_read_makes_no_difference(shops: dict[str, Stocked]) -> None:
    one = shops["late"]
    assert one.ledger(
        one.shop.id("Main"), one.shop.id("MUG"), "opening, unexplained, closing, vendor_level, after_reading"
    ) == [
        ("2026-03-10", 10, 0, 8, 10, -2),
        ("2026-03-11", 8, 0, 6, 7, -1),
        ("2026-03-12", 6, 0, 6, 6, 0),
    ]


def _empty(one: Stocked) -> None:
    """Two a day for ten days, then nothing for three days, then a receipt; the other location never sold it."""
    main, store = one.location("1"), one.location("2")
    mug = one.shop.variant("MUG", "4")
    one.was(main, mug, 20, "2026-02-28 23:00:00")
    one.was(store, mug, 0, "2026-02-28 23:00:00")
    one.read("2026-02-28 23:00:00")
    for day in range(1, 11):
        one.sold(f"o{day}", mug, f"2026-03-{day:02d} 10:00:00", 2)
    one.entry("receipts", "r1", "MUG", "2026-03-14 00:00:00", 5, location="1")
    one.level(main, mug, 5, "2026-03-31 11:00:00")
    one.level(store, mug, 0, "2026-03-31 11:00:00")


def test_days_on_which_a_wanted_item_was_not_there_are_found_with_what_they_cost(
    shops: dict[str, Stocked],
) -> None:
    one = shops["empty"]
    rows = one.shop.select(
        "location_id, cast(stockout_date as varchar), evidence, expected_units", "marts.stockout_days", "1, 2"
    )
    assert [row[:3] for row in rows] == [
        (one.shop.id("1"), f"2026-03-{day}", "level") for day in (11, 12, 13)
    ]
    # Twenty pieces in the eleven days since the first level.
    assert {round(float(row[3]), 3) for row in rows} == {round(20 / 11, 3)}


def _silent(one: Stocked) -> None:
    """No level is known. One item sells daily and is silent for ten days, the other sells once a week."""
    one.location("Main")
    daily, weekly = one.shop.variant("DAILY", "4"), one.shop.variant("WEEKLY", "4")
    number = 0
    for month, days in (("01", 31), ("02", 28), ("03", 30)):
        for day in range(1, days + 1):
            number += 1
            if not (month == "02" and 11 <= day <= 20):
                one.sold(f"d{number}", daily, f"2026-{month}-{day:02d} 10:00:00")
            if number % 7 == 0:
                one.sold(f"w{number}", weekly, f"2026-{month}-{day:02d} 11:00:00")


def test_a_steady_seller_that_is_silent_for_improbably_long_was_not_there(shops: dict[str, Stocked]) -> None:
    one = shops["silent"]
    rows = one.shop.select(
        "variant_id, cast(stockout_date as varchar), evidence", "marts.stockout_days", "1, 2"
    )
    assert rows == [(one.shop.id("DAILY"), f"2026-02-{day}", "silence") for day in range(11, 21)]


def _absurd(one: Stocked) -> None:
    """A word that is no location, an article that nobody sells, a dozen for a piece, goods before their order, a cost of packs."""
    one.location("Main")
    one.shop.variant("MUG", "4")
    one.entry("receipts", "r1", "GHOST", "2026-03-02 00:00:00", 12, location="Main")
    one.entry("receipts", "r2", "MUG", "2026-03-02 00:00:00", 12, location="Attic")
    one.supplier("ACME")
    one.ordered("P1", "ACME", ("2026-03-10", "2026-03-05"), 48)
    one.entry(
        "receipts",
        "r3",
        "MUG",
        "2026-03-08 00:00:00",
        4,
        location="Main",
        purchase_order_id=one.shop.id("P1"),
    )
    one.shop._add(
        "supplier_items",
        {
            "supplier_item_id": one.shop.id("ACME/MUG"), "supplier_id": one.shop.id("ACME"), "sku": "MUG", "unit_cost": "48",
            "currency": "EUR",
        },
        {},
    )  # fmt: skip


def test_what_cannot_be_is_found_and_named(shops: dict[str, Stocked]) -> None:
    rows = shops["absurd"].shop.select("kind, sku, told, against", "marts.stock_findings", "1")
    assert [(kind, sku, told.rstrip("0").rstrip("."), against[:10]) for kind, sku, told, against in rows] == [
        ("cost_in_packs", "MUG", "48", "4.000000"),
        ("expected_before_ordered", "MUG", "2026-03-05", "2026-03-10"),
        ("received_before_ordered", "MUG", "2026-03-08", "2026-03-10"),
        ("received_in_packs", "MUG", "4", "48"),
        ("unknown_article", "GHOST", "GHOST", "the articl"),
        ("unknown_location", "MUG", "Attic", "the locati"),
    ]
    assert shops["known"].shop.select("kind", "marts.stock_findings", "1") == []


def _bought(one: Stocked) -> None:
    """In eight and in fifteen days, the second too late and not all; a third is overdue; a fourth was cancelled."""
    one.location("Main")
    one.shop.variant("MUG", "4")
    one.supplier("ACME", lead_time_days=9)
    one.supplier("IDLE")
    for order, day, expected, cost, status in (
        ("P1", "2026-03-01", "2026-03-10", "4", "open"),
        ("P2", "2026-03-05", "2026-03-14", "5", "open"),
        ("P3", "2026-03-20", "2026-03-29", "5", "open"),
        ("P4", "2026-03-21", "2026-03-29", "9", "cancelled"),
    ):
        one.ordered(order, "ACME", (day, expected), 10, unit_cost=cost, status=status)
    for receipt, order, day, quantity in (
        ("r1", "P1", "2026-03-09", 12),
        ("r2", "P2", "2026-03-12", 3),
        ("r3", "P2", "2026-03-20", 5),
    ):
        one.entry(
            "receipts", receipt, "MUG", f"{day} 00:00:00", quantity, location="Main", purchase_order_id=one.shop.id(order)
        )  # fmt: skip


def test_suppliers_are_known_by_how_they_deliver(shops: dict[str, Stocked]) -> None:
    rows = shops["bought"].shop.select(
        "supplier_name, promised_lead_time, purchase_orders, open_lines, fill_rate, lead_time_mean, lead_time_spread,"
        " lead_times, late_share, price_drift", "marts.suppliers", "1",
    )  # fmt: skip
    acme, idle = rows
    assert acme[:4] == ("ACME", 9, 3, 1)
    # 10 of 10, and 8 of 10; 8 and 15 days; one of three in time; 4 to 5.
    assert [float(value) for value in acme[4:]] == pytest.approx(
        [0.9, 11.5, 4.949747, 2, 0.666667, 0.25], abs=1e-3
    )
    assert idle == ("IDLE", None, 0, 0, None, None, None, 0, None, None)


def test_every_row_begins_with_what_the_one_before_it_left(books: Any, shops: dict[str, Stocked]) -> None:
    broken = books.rows(
        "select * from (select *, lag(closing) over (partition by tenant_id, location_id, variant_id order by stock_date) as left_over"
        " from marts.stock_ledger) as rows where opening <> left_over"
    )
    assert broken == []


def test_levels_that_a_run_reads_are_kept_once_and_looked_at_again(
    books: Any, shops: dict[str, Stocked]
) -> None:
    def keep() -> int:
        with books.warehouse.writer() as writer:
            return keep_stock_levels(writer, "known")

    readings = "select count(*) as n from raw.fondaco__inventory_readings where tenant_id = 'known'"
    assert (keep(), books.rows(readings)[0]["n"]) == (0, 5)
    assert (keep(), books.rows(readings)[0]["n"]) == (0, 5)
