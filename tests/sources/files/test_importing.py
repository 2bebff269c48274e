"""Any file of orders, by a mapping: what lands, what is set aside, what is refused."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from fondaco.errors import ConfigError
from fondaco.sources.files import Files, FilesSettings
from fondaco.sources.files.fields import parse_map, read_mapping
from fondaco.sources.files.importing import Prepared
from fondaco.sources.files.inbox import imports
from fondaco.sources.files.streams import STREAMS
from fondaco.sources.stream import Slice

Write = Callable[..., Path]
Read = Callable[..., Prepared]

MAP = parse_map(
    [
        "order_id=Invoice",
        "ordered_at=When",
        "customer_id=Customer",
        "sku=Article",
        "title=Name",
        "quantity=Qty",
        "unit_price=Price",
        "country=Land",
    ]
)
HEADER = "Invoice,When,Customer,Article,Name,Qty,Price,Land\n"


def records(folder: Path, import_id: str, stream: str) -> list[str]:
    with gzip.open(folder / import_id / f"{stream}.ndjson.gz", "rt", encoding="utf-8") as stored:
        return stored.readlines()


def refusal(read: Read, path: Path, **options: object) -> str:
    with pytest.raises(ConfigError) as caught:
        read(path, **options)
    assert len(str(caught.value).splitlines()) == 2
    return str(caught.value)


def lines(prepared: Prepared, columns: str) -> list[tuple[object, ...]]:
    return prepared.engine.execute(f"select {columns} from order_lines order by row_number").fetchall()


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
        lines(read(write("s.csv", f"{HEADER}7,2026-07-01,C9,A1,Mug,{row},DE\n"), mapping=MAP), "line_id")[0]
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


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.csv", b"", "empty"),
        ("header.csv", HEADER.encode(), "has a header and no rows"),
        (
            "half.csv",
            (HEADER + "7,2026-07-01,,A,,1,1.00,\n8,2026-07").encode(),
            "cut off in the middle of row 2",
        ),
        (
            "quote.csv",
            (HEADER + '7,2026-07-01,,"A,,1,1.00,\n8,2026-07-01,,A,,1,1.00,\n').encode(),
            "in line 2",
        ),
        ("umlaut.csv", (HEADER + "7,2026-07-01,,A,Käse,1,1.00,\n").encode("cp1252"), "--encoding cp1252"),
        ("wide.csv", (HEADER + "7,2026-07-01,,A,,1,1.00,\n").encode("utf-16"), "--encoding utf-16"),
        ("twice.csv", b"Invoice,Invoice\n1,2\n", "'Invoice' twice"),
        ("book.xlsx", b"PK\x03\x04rest", "Save it as CSV"),
        ("half.parquet", b"PAR1rest", "not a whole Parquet file"),
        ("half.jsonl", b'{"Invoice": 1}\n{"Invo', "cut off in the middle of row 2"),
        ("ended.jsonl", b'{"Invoice": 1}\n{"Invoice": 2, "Name": "Mug }\n', "cut off in the middle of row 2"),
        ("nested.jsonl", b'{"Invoice": 1}\n{"Invoice": {"n": 2}\n\n', "cut off in the middle of row 2"),
        ("text.jsonl", b"hello\n", "not JSON lines"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_two_lines(
    read: Read, write: Write, name: str, content: bytes, said: str
) -> None:
    assert said in refusal(read, write(name, content), mapping=MAP)


def test_the_encoding_that_the_error_names_reads_the_file(read: Read, write: Write) -> None:
    path = write("umlaut.csv", (HEADER + "7,2026-07-01,,A,Käse,1,1.00,\n").encode("cp1252"))
    assert lines(read(path, mapping=MAP, encoding="cp1252"), "title") == [("Käse",)]


def test_a_missing_file_is_refused(read: Read, tmp_path: Path) -> None:
    assert "There is no file" in refusal(read, tmp_path / "nowhere.csv")


def test_an_unknown_column_names_the_closest(read: Read, write: Write) -> None:
    path = write("s.csv", HEADER + "7,2026-07-01,,A,,1,1.00,\n")
    assert "'Invoice'" in refusal(read, path, mapping={**MAP, "order_id": "InvoiceNo"})


def test_an_unknown_layout_names_what_must_be_mapped(read: Read, write: Write) -> None:
    said = refusal(read, write("s.csv", HEADER + "7,2026-07-01,,A,,1,1.00,\n"))
    assert "order_id, ordered_at, unit_price" in said
    assert "--map order_id=COLUMN" in said


@pytest.mark.parametrize("pair", ["order_id", "order_id=", "order=Invoice"])
def test_a_wrong_map_argument_is_refused(pair: str) -> None:
    with pytest.raises(ConfigError):
        parse_map([pair])


def test_a_mapping_file_is_toml(write: Write) -> None:
    assert read_mapping(write("m.toml", 'order_id = "Invoice"\n')) == {"order_id": "Invoice"}
    with pytest.raises(ConfigError, match="Did you mean: order_id"):
        read_mapping(write("n.toml", 'orderid = "Invoice"\n'))


def test_days_and_months_that_could_be_swapped_are_refused_until_told(read: Read, write: Write) -> None:
    path = write("s.csv", HEADER + "7,03/04/2026,,A,,1,1.00,\n8,05/04/2026,,A,,1,1.00,\n")
    assert "--date-format '%d/%m/%Y' or --date-format '%m/%d/%Y'" in refusal(read, path, mapping=MAP).replace(
        "`", ""
    )
    told = read(path, mapping=MAP, date_format="%m/%d/%Y")
    assert lines(told, "cast(ordered_at as varchar)")[0] == ("2026-03-04 00:00:00+00",)


def test_one_day_above_twelve_settles_the_order_of_day_and_month(read: Read, write: Write) -> None:
    path = write("s.csv", HEADER + "7,03/04/2026,,A,,1,1.00,\n8,25/04/2026,,A,,1,1.00,\n")
    assert lines(read(path, mapping=MAP), "cast(ordered_at as varchar)")[0] == ("2026-04-03 00:00:00+00",)


def test_semicolons_and_decimal_commas(read: Read, write: Write) -> None:
    path = write(
        "s.csv", HEADER.replace(",", ";") + "7;01.07.2026;;A;;2;1.234,50 €;\n8;02.07.2026;;A;;1;0,99;\n"
    )
    assert lines(read(path, mapping=MAP), "unit_price") == [(Decimal("1234.5"),), (Decimal("0.99"),)]


def test_a_comma_that_may_mean_thousands_is_refused_until_told(read: Read, write: Write) -> None:
    path = write("s.csv", HEADER.replace(",", ";") + "7;2026-07-01;;A;;2;1,234;\n")
    assert "--decimal comma" in refusal(read, path, mapping=MAP)
    assert lines(read(path, mapping=MAP, decimal=","), "unit_price") == [(Decimal("1.234"),)]
    assert lines(read(path, mapping=MAP, decimal="."), "unit_price") == [(Decimal("1234"),)]


def test_a_file_whose_rows_mostly_fail_is_refused(read: Read, write: Write) -> None:
    path = write(
        "s.csv", HEADER + "7,2026-07-01,,A,,x,1.00,\n8,2026-07-01,,A,,y,1.00,\n9,2026-07-01,,A,,1,1.00,\n"
    )
    assert "2 of 3 rows" in refusal(read, path, mapping=MAP)


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


class TestAKeptImport:
    """A files connection reads back what was kept, and reports the files' own totals."""

    def settings(self, folder: Path) -> FilesSettings:
        return FilesSettings(folder=folder, currency="USD", timezone="America/New_York")

    def test_each_stream_reads_what_was_imported_since(
        self, read: Read, shopify_orders: Path, tmp_path: Path
    ) -> None:
        folder = tmp_path / "inbox"
        noon = datetime(2026, 4, 1, 12, tzinfo=UTC)
        read(shopify_orders, currency="USD").keep(folder, clock=lambda: noon)
        source = Files.connect(self.settings(folder))
        lines_stream = next(s for s in STREAMS if s.name == "order_lines")
        after = Slice("order_lines", "incremental", noon.replace(hour=13), noon.replace(hour=14))
        whole = Slice("order_lines", "backfill", noon.replace(hour=0), noon.replace(hour=13))
        assert [page.records for page in source.read(lines_stream, whole)] == [4]
        assert list(source.read(lines_stream, after)) == []

    def test_the_same_file_twice_is_one_import(
        self, read: Read, shopify_orders: Path, tmp_path: Path
    ) -> None:
        folder = tmp_path / "inbox"
        first = read(shopify_orders).keep(folder)
        again = read(shopify_orders).keep(folder)
        assert first.import_id == again.import_id
        assert Files.connect(self.settings(folder)).check().details == {"imports": "1", "rows": "4"}
        assert len(records(folder, again.import_id, "order_lines")) == 4

    def test_the_report_counts_each_amount_on_its_day_before_tax(
        self, read: Read, shopify_orders: Path, tmp_path: Path
    ) -> None:
        folder = tmp_path / "inbox"
        read(shopify_orders, currency="USD").keep(folder)
        days = Files.connect(self.settings(folder)).report(date(2026, 3, 1), date(2026, 3, 31))
        assert days is not None
        assert [
            (
                d.day.day,
                d.orders,
                d.gross_sales,
                d.discounts,
                d.returns,
                d.net_sales,
                d.shipping,
                d.taxes,
                d.total_sales,
            )
            for d in days
        ] == [
            (
                1,
                1,
                Decimal(100),
                Decimal(10),
                Decimal(0),
                Decimal(90),
                Decimal(5),
                Decimal("9.5"),
                Decimal("104.5"),
            ),
            (
                2,
                1,
                Decimal(100),
                Decimal(0),
                Decimal(50),
                Decimal(50),
                Decimal(0),
                Decimal("9.5"),
                Decimal("59.5"),
            ),
            (3, 1, Decimal(40), Decimal(0), Decimal(0), Decimal(40), Decimal(0), Decimal(0), Decimal(40)),
            (5, 0, Decimal(0), Decimal(0), Decimal(40), Decimal(-40), Decimal(0), Decimal(0), Decimal(-40)),
        ]

    def test_the_report_is_in_the_connections_currency_and_leaves_others_out(
        self, read: Read, write: Write, tmp_path: Path
    ) -> None:
        folder = tmp_path / "inbox"
        path = write(
            "s.csv",
            "O,D,P,C,S,R\n1,2026-07-01,10,USD,2,6\n2,2026-07-01,100,EUR,20,60\n3,2026-07-01,1,,0,0\n",
        )
        fields = ("order_id=O", "ordered_at=D", "unit_price=P", "currency=C", "shipping=S", "refunded=R")
        read(path, mapping=parse_map(list(fields)), currency="USD", timezone="America/New_York").keep(folder)
        days = Files.connect(self.settings(folder)).report(date(2026, 7, 1), date(2026, 7, 31))
        assert days is not None
        assert [(d.day.day, d.orders, d.gross_sales, d.returns, d.shipping) for d in days] == [
            (1, 2, Decimal(11), Decimal(5), Decimal(1))
        ]

    def test_a_folder_that_is_gone_is_missing(self, tmp_path: Path) -> None:
        check = Files.connect(self.settings(tmp_path / "gone")).check()
        assert not check.ok
        assert check.missing == ("the folder gone of imported files is gone",)

    def test_a_folder_that_cannot_be_written_is_refused(
        self, read: Read, shopify_orders: Path, tmp_path: Path
    ) -> None:
        blocked = tmp_path / "file"
        blocked.write_text("in the way")
        with pytest.raises(ConfigError, match="nothing was imported"):
            read(shopify_orders).keep(blocked)
        assert blocked.read_text() == "in the way"


def test_imports_within_one_second_keep_their_order(read: Read, write: Write, tmp_path: Path) -> None:
    """The later import decides where both have an order, so no two may bear the same instant."""
    standing = datetime(2026, 8, 1, 12, tzinfo=UTC)
    kept = [
        read(write(f"{n}.csv", HEADER + f"{n},2026-07-01,C9,A1,Mug,2,2.50,DE\n"), mapping=MAP, currency="EUR")
        .keep(tmp_path / "inbox", clock=lambda: standing)
        .import_id
        for n in range(5)
    ]
    assert [one.import_id for one in imports(tmp_path / "inbox")] == kept
