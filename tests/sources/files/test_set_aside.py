"""Rows that cannot be used: set aside with number and reason, or the file is refused where they are most of it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.sources.files.mapped import HEADER, MAP, Read, Write, lines, refusal

from fondaco.sources.files.fields import parse_map


def test_single_bad_rows_are_set_aside_with_their_numbers(read: Read, write: Write) -> None:
    good = "".join(f"{n},2026-07-01,,A,,1,1.00,\n" for n in range(10, 20))
    bad = (
        ",2026-07-01,,A,,1,1.00,\n"
        "2,not a day,,A,,1,1.00,\n"
        "3,2026-07-01,,A,,1.5,1.00,\n"
        "4,2026-07-01,,A,,1,99999999999999,\n"
        "5,2026-07-01,,A\n"
        '6,2026-07-01,,"A"B,,1,1.00,\n'
        "7,1066-10-14,,A,,1,1.00,\n"
    )
    prepared = read(write("s.csv", HEADER + good + bad), mapping=MAP)
    assert (prepared.rows, prepared.landing_rows) == (17, 10)
    assert [(one.row, one.reason) for one in prepared.set_aside] == [
        (11, "order_id is empty"),
        (12, "ordered_at is not a date in the format of the others"),
        (13, "quantity is not a whole number"),
        (14, "unit_price is not a number, or too large a one"),
        (15, "4 cells where the header has 8"),
        (16, "broken quoting in line 17"),
        (17, "ordered_at is out of range"),
    ]


def test_numbers_that_a_spreadsheet_has_cut_short_are_set_aside(read: Read, write: Write) -> None:
    """1.23E+05 was some number near 123,000; tiny numbers are written as 1e-07 by many programs."""
    good = "".join(f"{n},2026-07-01,,A,,1,1e-07,\n" for n in range(10, 20))
    bad = "2,2026-07-01,,A,,1,1.23E+05,\n3,2026-07-01,,A,,1,1e9,\n4,2026-07-01,,A,,1,NaN,\n"
    prepared = read(write("s.csv", HEADER + good + bad), mapping=MAP)
    assert prepared.landing_rows == 10
    assert [(one.row, one.reason) for one in prepared.set_aside] == [
        (row, "unit_price is not a number, or too large a one") for row in (11, 12, 13)
    ]


def test_amounts_that_no_warehouse_could_sum_are_set_aside(read: Read, write: Write) -> None:
    """A price times a quantity, and an order of many large lines; an order in rupiah of a milliard lands."""
    good = "".join(f"{n},2026-07-01,,A,,1,1000000000.00,\n" for n in range(10, 20))
    many = "".join(f"30,2026-07-01,,A{line},,1,99999999999,\n" for line in range(5))
    bad = "2,2026-07-01,,A,,400638133393,1.00,\n3,2026-07-01,,A,,1000000,100000.00,\n"
    prepared = read(write("s.csv", HEADER + good + bad + many), mapping=MAP)
    assert prepared.landing_rows == 10
    assert [(one.row, one.reason) for one in prepared.set_aside] == [
        (11, "quantity is out of range; the amount is out of range"),
        (12, "the amount is out of range"),
        *((row, "the amounts of its order are out of range") for row in range(13, 18)),
    ]


def test_a_discount_of_an_order_in_rupiah_falls_on_its_lines(read: Read, write: Write) -> None:
    prepared = read(
        write(
            "s.csv",
            "Invoice,When,Price,Off\n1,2026-07-01,30000000000,4000000000\n1,2026-07-01,10000000000,4000000000\n",
        ),
        mapping=parse_map(["order_id=Invoice", "ordered_at=When", "unit_price=Price", "order_discount=Off"]),
    )
    assert lines(prepared, "gross, discount") == [
        (Decimal(30_000_000_000), Decimal(3_000_000_000)),
        (Decimal(10_000_000_000), Decimal(1_000_000_000)),
    ]


def test_a_row_whose_text_no_warehouse_may_hold_is_set_aside_before_it_lands(
    read: Read, write: Write
) -> None:
    """Its order's other rows land, and take nothing from it."""
    prepared = read(
        write(
            "s.csv",
            "Invoice,When,Price,Mail\n1,2026-07-01,5,a\0@x.example\n1,2026-07-01,6,\n2\0,2026-07-01,7,\n3,2026-07-01,8,b@x.example\n",
        ),
        mapping=parse_map(["order_id=Invoice", "ordered_at=When", "unit_price=Price", "email=Mail"]),
    )
    assert lines(prepared, "order_id, email") == [("1", None), ("3", "b@x.example")]
    assert [(one.row, one.reason) for one in prepared.set_aside] == [
        (1, "email holds the character U+0000"),
        (3, "order_id holds the character U+0000"),
    ]


@pytest.mark.parametrize(
    ("content", "reasons"),
    [
        (
            "Customer ID,First Name,Last Name,Email,Total Spent,Total Orders,Tax Exempt\n"
            "1,Ada,A,a@x.example,0,0,no\n4,Di,D,d@x.example,0,0,no\n2,B\0o,B,b@x.example,0,0,no\n3\0,Cy,C,c@x.example,0,0,no\n",
            [(3, "first_name holds the character U+0000"), (4, "customer_id holds the character U+0000")],
        ),
        (
            "Handle,Title,Vendor,Variant SKU,Variant Price\nmug,Mug,V,MUG,5\ncup,Cup,V,CUP,5\n"
            "pot,P\0ot,V,POT,5\n\0,Pan,V,PAN,5\n",
            [(3, "title holds the character U+0000"), (4, "product_id holds the character U+0000")],
        ),
    ],
    ids=["customers", "products"],
)
def test_so_is_one_of_customers_and_of_products(
    read: Read, write: Write, content: str, reasons: list[tuple[int, str]]
) -> None:
    prepared = read(write("s.csv", content))
    assert [(one.row, one.reason) for one in prepared.set_aside] == reasons
    assert prepared.landing_rows == prepared.rows - len(reasons)


def test_a_price_in_another_currency_than_its_rows_is_set_aside(read: Read, write: Write) -> None:
    path = write(
        "s.csv",
        "Invoice,When,Price,Money,Freight\n"
        "1,2026-07-01,10 EUR,,\n"
        "2,2026-07-01,€ 11,,\n"
        "3,2026-07-01,12 USD,,\n"
        "4,2026-07-01,$13,,\n"
        "5,2026-07-01,US$14,USD,\n"
        "6,2026-07-01,15 chf,USD,£2\n"
        "7,2026-07-01,16 €,EUR,\n"
        "7,2026-07-01,$17,,\n"
        "8,2026-07-01,18 Stk,,\n"
        "9,2026-07-01,$19,CAD,\n",
    )
    fields = ("order_id=Invoice", "ordered_at=When", "unit_price=Price", "currency=Money", "shipping=Freight")
    prepared = read(path, mapping=parse_map(list(fields)), currency="EUR")
    assert lines(prepared, "order_id, unit_price, currency") == [
        ("1", Decimal(10), "EUR"),
        ("2", Decimal(11), "EUR"),
        ("5", Decimal(14), "USD"),
        ("7", Decimal(16), "EUR"),
        ("8", Decimal(18), "EUR"),
        ("9", Decimal(19), "CAD"),
    ]
    assert [(one.row, one.reason) for one in prepared.set_aside] == [
        (3, "unit_price is in USD, and its row in EUR"),
        (4, "unit_price is in $, and its row in EUR"),
        (6, "shipping is in £, and its row in USD; unit_price is in CHF, and its row in USD"),
        (8, "unit_price is in $, and its row in EUR"),
    ]


def test_a_file_whose_prices_are_in_another_currency_is_refused_until_told(read: Read, write: Write) -> None:
    path = write("s.csv", HEADER + "7,2026-07-01,,A,,1,10 USD,\n8,2026-07-01,,A,,1,11 USD,\n")
    assert refusal(read, path, mapping=MAP, currency="EUR").splitlines() == [
        "2 of 2 rows of s.csv cannot be read, mostly because unit_price is in USD, and its row in EUR.",
        "Check --map, --currency, --date-format and --decimal; nothing was imported.",
    ]
    assert lines(read(path, mapping=MAP, currency="USD"), "unit_price") == [(Decimal(10),), (Decimal(11),)]


def test_a_code_that_is_no_currency_sets_its_row_aside_and_who_takes_it_from_there(
    read: Read, write: Write
) -> None:
    """Currencies that are gone by now stay: an order may be as old. Metals, codes for tests and coins of a chain are none."""
    path = write(
        "s.csv",
        "Invoice,When,Price,Money\n1,2026-07-01,5,ZZZ\n1,2026-07-01,6,\n2,2026-07-01,7,irr\n3,2019-07-01,8,HRK\n"
        "4,2026-07-01,9,XAU\n5,2026-07-01,1,BTC\n6,2026-07-01,1,EUR\n7,2026-07-01,1,USD\n8,2026-07-01,1,\n",
    )
    fields = ("order_id=Invoice", "ordered_at=When", "unit_price=Price", "currency=Money")
    prepared = read(path, mapping=parse_map(list(fields)), currency="GBP")
    assert lines(prepared, "order_id, currency") == [
        ("2", "IRR"), ("3", "HRK"), ("6", "EUR"), ("7", "USD"), ("8", "GBP"),
    ]  # fmt: skip
    assert [(one.row, one.reason) for one in prepared.set_aside] == [
        (1, "currency is no currency of ISO 4217, such as EUR"),
        (2, "another row of its order has no currency of ISO 4217"),
        (5, "currency is no currency of ISO 4217, such as EUR"),
        (6, "currency is no currency of ISO 4217, such as EUR"),
    ]


def test_a_broken_record_in_the_middle_of_json_lines_is_set_aside(read: Read, write: Write) -> None:
    good = '{{"Invoice": {n}, "When": "2026-07-01", "Customer": 9, "Article": "A", "Name": "M", "Qty": 1, "Price": 2, "Land": "DE"}}\n'
    content = good.format(n=1) + '{"Invoice": 2, "When\n' + good.format(n=3)
    prepared = read(write("s.jsonl", content), mapping=MAP)
    assert lines(prepared, "order_id") == [("1",), ("3",)]
    assert [(one.row, one.reason) for one in prepared.set_aside] == [(2, "not a JSON object")]


def test_a_line_id_that_an_order_uses_twice_is_set_aside(read: Read, write: Write) -> None:
    path = write("s.csv", "O,L,D,P\n1,1,2026-07-01,5\n1,1,2026-07-01,6\n1,2,2026-07-01,7\n")
    mapping = parse_map(["order_id=O", "line_id=L", "ordered_at=D", "unit_price=P"])
    prepared = read(path, mapping=mapping)
    assert lines(prepared, "line_id, gross") == [("1", Decimal("5")), ("2", Decimal("7"))]
    assert [(one.row, one.reason) for one in prepared.set_aside] == [
        (2, "line_id is used twice in the order")
    ]


def test_a_file_whose_rows_mostly_fail_is_refused(read: Read, write: Write) -> None:
    path = write(
        "s.csv", HEADER + "7,2026-07-01,,A,,x,1.00,\n8,2026-07-01,,A,,y,1.00,\n9,2026-07-01,,A,,1,1.00,\n"
    )
    assert "2 of 3 rows" in refusal(read, path, mapping=MAP)
