"""Sheets of stock are known by their headers, and what cannot be meant is set aside by name."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from fondaco.sources.files.importing import Prepared
from fondaco.sources.files.stock_sheets import SHEETS, Sheet

Write = Callable[..., Path]
Read = Callable[..., Prepared]


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_a_template_is_read_as_the_sheet_that_it_is(write: Write, read: Read, sheet: Sheet) -> None:
    prepared = read(write("sheet.csv", sheet.template()))
    assert prepared.layout is not None
    assert (prepared.layout.name, prepared.streams, prepared.landing_rows) == (sheet.name, (sheet.name,), 1)


def faults(prepared: Prepared) -> list[tuple[int, str]]:
    return [(one.row, one.reason) for one in prepared.set_aside]


def test_what_cannot_be_meant_is_set_aside_by_name(write: Write, read: Read) -> None:
    header = "supplier,sku,supplier_sku,unit_cost,currency,order_multiple,minimum_quantity,shelf_life_days"
    rows = [
        "ACME,A,,4.20,EUR,12,,",
        "ACME,B,,0,EUR,12,,",
        "ACME,C,,4,EUR,0,,",
        "ACME,D,,4,,,,9999",
        "ACME,A,,5,EUR,,,",
        "ACME,E,,,,,,",
        "ACME,F,,,,,,",
        "ACME,G,,,,,,",
        "ACME,H,,,,,,",
    ]
    prepared = read(write("items.csv", "\n".join([header, *rows])), currency="USD")
    assert faults(prepared) == [
        (2, "unit_cost 0.000000 must be more than 0: leave it empty where the cost is not known"),
        (3, "order_multiple 0 must be at least one piece, and a billion at most"),
        (4, "shelf_life_days 9999 must be 0 to 1,095 days"),
        (5, "an earlier row has the same supplier and sku"),
    ]
    landed = prepared.engine.execute(
        "select sku, unit_cost, currency from supplier_items order by sku limit 2"
    ).fetchall()
    assert landed == [("A", Decimal("4.200000"), "EUR"), ("E", None, "USD")]


def test_a_negative_lead_time_is_named(write: Write, read: Read) -> None:
    content = "supplier,name,lead_time_days\nA,Acme,-14\nB,Bell,14\nC,Cole,\n"
    assert faults(read(write("suppliers.csv", content))) == [
        (1, "lead_time_days -14 must be 0 to 1,095 days")
    ]


def test_only_a_correction_may_take_pieces_away(write: Write, read: Read) -> None:
    header = "movement,kind,location,to_location,sku,moved_on,quantity,note"
    rows = [
        "1,transfer,A,B,MUG,2026-03-20,6,",
        "2,transfer,A,B,MUG,2026-03-20,-6,",
        "3,Correction,A,,MUG,2026-03-20,-1,broken",
        "4,gift,A,,MUG,2026-03-20,1,",
        "5,return,A,,MUG,2026-03-21,1,",
    ]
    assert faults(read(write("moves.csv", "\n".join([header, *rows])))) == [
        (2, "quantity -6 must be at least one piece, and below 0 for a correction only"),
        (4, "kind gift must be transfer, correction or return"),
    ]


def test_an_article_on_two_lines_of_an_order_needs_their_numbers(write: Write, read: Read) -> None:
    header = "purchase_order,line,supplier,sku,ordered_on,quantity"
    rows = [
        "P1,,ACME,MUG,2026-03-20,6",
        "P1,,ACME,MUG,2026-03-20,6",
        "P1,2,ACME,MUG,2026-03-20,6",
        "P1,,ACME,TEA,2026-03-20,6",
    ]
    assert faults(read(write("orders.csv", "\n".join([header, *rows])))) == [
        (2, "an earlier row has the same purchase_order and line")
    ]
