"""A files connection reads back what was kept, and reports the files' own totals."""

from __future__ import annotations

import gzip
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from tests.sources.files.mapped import HEADER, MAP, Read, Write

from fondaco.errors import ConfigError
from fondaco.sources.files import Files, FilesSettings
from fondaco.sources.files.fields import parse_map
from fondaco.sources.files.inbox import imports
from fondaco.sources.files.streams import STREAMS
from fondaco.sources.stream import Slice


def records(folder: Path, import_id: str, stream: str) -> list[str]:
    with gzip.open(folder / import_id / f"{stream}.ndjson.gz", "rt", encoding="utf-8") as stored:
        return stored.readlines()


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
