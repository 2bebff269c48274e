"""Any file of orders, by a mapping: which lines, returns and amounts its rows become."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import duckdb
from tests.sources.files.mapped import HEADER, MAP, Read, Write, lines

from fondaco.sources.files.fields import parse_map


def test_a_mapped_file_lands_row_by_row(read: Read, write: Write) -> None:
    path = write("sales.csv", HEADER + "7,2026-07-01 00:30,C9,A1,Mug,2,2.50,Deutschland\n")
    prepared = read(path, mapping=MAP, currency="EUR", timezone="Europe/Berlin")
    assert lines(prepared, "order_id, customer_id, sku, title, quantity, unit_price, gross, currency") == [
        ("7", "C9", "A1", "Mug", 2, Decimal("2.5"), Decimal("5"), "EUR")
    ]
    assert prepared.engine.execute(
        "select cast(ordered_at as varchar), country, counts_in_sales from order_totals"
    ).fetchall() == [("2026-06-30 22:30:00+00", "DE", True)]


def test_two_equal_lines_of_an_order_both_land_and_keep_their_ids(
    read: Read, write: Write, tmp_path: Path
) -> None:
    row = "7,2026-07-01,C9,A1,Mug,1,2.50,DE\n"
    first = read(write("a.csv", HEADER + row + row + "7,2026-07-01,C9,B2,Cup,1,1.00,DE\n"), mapping=MAP)
    ids = lines(first, "line_id")
    assert len(set(ids)) == 3
    part = read(write("b.csv", HEADER + row), mapping=MAP)
    assert set(lines(part, "line_id")) < set(ids)


def test_a_line_keeps_its_id_however_its_row_is_read(read: Read, write: Write) -> None:
    path = write("s.csv", HEADER + '7,01/02/2026 10:00,C9,A1,Mug,1,"1,250",DE\n')
    first = read(path, mapping=MAP, decimal=".", date_format="%d/%m/%Y %H:%M")
    ways = [
        read(path, mapping=MAP, decimal=",", date_format="%d/%m/%Y %H:%M"),
        read(path, mapping=MAP, decimal=".", date_format="%m/%d/%Y %H:%M"),
        read(path, mapping=MAP, decimal=".", date_format="%d/%m/%Y %H:%M", timezone="Asia/Tokyo"),
    ]
    assert {lines(one, "line_id")[0] for one in ways} == set(lines(first, "line_id"))
    assert len({lines(one, "gross, ordered_at")[0] for one in (first, *ways)}) == 4


def test_a_price_with_other_zeros_at_its_end_is_the_same_line(read: Read, write: Write) -> None:
    ids = {
        lines(
            read(write("s.csv", f"{HEADER}7,2026-07-01,C9,A1,Mug,{row},DE\n"), mapping=MAP, decimal="."),
            "line_id",
        )[0]
        for row in ("2,2.50", "2,2.5", "2.0,2.500")
    }
    assert len(ids) == 1


def test_a_negative_quantity_is_a_return_and_a_cancelled_order_does_not_count(
    read: Read, write: Write
) -> None:
    path = write(
        "s.csv",
        "Invoice,When,Qty,Price,Gone\n1,2026-07-01,-2,3.00,yes\n2,2026-07-01,1,4.00,yes\n3,2026-07-01,1,5.00,no\n"
        "4,2026-07-01,1,6.00,yes\n4,2026-07-01,1,7.00,no\n",
    )
    mapping = parse_map(
        ["order_id=Invoice", "ordered_at=When", "quantity=Qty", "unit_price=Price", "cancelled=Gone"]
    )
    prepared = read(path, mapping=mapping)
    assert lines(prepared, "order_id, gross, is_return, is_cancelled") == [
        ("1", Decimal("-6"), True, False),
        ("2", Decimal("4"), False, True),
        ("3", Decimal("5"), False, False),
        ("4", Decimal("6"), False, True),
        ("4", Decimal("7"), False, False),
    ]
    assert prepared.engine.execute(
        "select order_id, order_status, counts_in_sales from order_totals order by 1"
    ).fetchall() == [
        ("1", "returned", True),
        ("2", "cancelled", False),
        ("3", "completed", True),
        ("4", "completed", True),
    ]


def test_a_return_may_say_how_many_of_its_units_are_in_stock_again(read: Read, write: Write) -> None:
    """No more than came back, whichever sign they are written with; a line that was sold puts nothing back."""
    path = write(
        "s.csv",
        "Invoice,When,Qty,Price,Back\n1,2026-07-01,-3,3.00,2\n2,2026-07-01,-3,3.00,-2\n3,2026-07-01,-3,3.00,9\n"
        "4,2026-07-01,-3,3.00,\n5,2026-07-01,3,3.00,1\n6,2026-07-01,-3,3.00,0\n",
    )
    mapping = parse_map(
        ["order_id=Invoice", "ordered_at=When", "quantity=Qty", "unit_price=Price", "units_restocked=Back"]
    )
    assert lines(read(path, mapping=mapping), "order_id, quantity, units_restocked") == [
        ("1", -3, 2),
        ("2", -3, 2),
        ("3", -3, 3),
        ("4", -3, None),
        ("5", 3, None),
        ("6", -3, 0),
    ]


def test_rows_without_price_or_customer_are_kept(read: Read, write: Write) -> None:
    prepared = read(write("s.csv", HEADER + "7,2026-07-01,,A1,,1,,\n8,2026-07-01,,A1,,1,0,\n"), mapping=MAP)
    assert lines(prepared, "customer_id, unit_price, gross") == [
        (None, Decimal("0"), Decimal("0")),
        (None, Decimal("0"), Decimal("0")),
    ]


def test_without_a_quantity_a_line_is_one_unit_sold(read: Read, write: Write) -> None:
    mapping = parse_map(["order_id=O", "ordered_at=D", "unit_price=P"])
    prepared = read(write("s.csv", "O,D,P\n1,2026-07-01,5\n"), mapping=mapping)
    assert lines(prepared, "quantity, gross, is_return") == [(1, Decimal(5), False)]
    figures = prepared.figures()
    assert figures is not None
    assert figures.gross == Decimal(5)


def test_a_line_total_below_quantity_times_price_is_a_discount(read: Read, write: Write) -> None:
    path = write("s.csv", "Invoice,When,Qty,Price,Total\n7,2026-07-01,2,5.00,9.00\n")
    mapping = parse_map(
        ["order_id=Invoice", "ordered_at=When", "quantity=Qty", "unit_price=Price", "line_total=Total"]
    )
    assert lines(read(path, mapping=mapping), "gross, discount") == [(Decimal("10"), Decimal("1"))]


def test_json_lines_and_parquet_read_as_csv_does(read: Read, write: Write, tmp_path: Path) -> None:
    csv = write("s.csv", HEADER + "7,2026-07-01 10:00:00,9,A1,Mug,2,2.5,DE\n")
    json_lines = write(
        "s.jsonl",
        '{"Invoice": 7, "When": "2026-07-01 10:00:00", "Customer": 9, "Article": "A1", "Name": "Mug", "Qty": 2, '
        '"Price": 2.5, "Land": "DE"}\n',
    )
    parquet = tmp_path / "s.parquet"
    duckdb.connect().sql(
        f"copy (select 7 as Invoice, timestamp '2026-07-01 10:00:00' as \"When\", 9.0::double as Customer, "
        f"'A1' as Article, 'Mug' as Name, 2 as Qty, 2.5::double as Price, 'DE' as Land) to '{parquet}'"
    )
    expected = lines(read(csv, mapping=MAP), "*")
    assert lines(read(json_lines, mapping=MAP), "*") == expected
    assert lines(read(parquet, mapping=MAP), "*") == expected
