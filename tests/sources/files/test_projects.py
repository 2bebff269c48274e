"""Files into a project, again and again: what its figures are made of afterwards."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.parsed import give_built

from fondaco.errors import FatalError
from fondaco.orchestration import Project
from fondaco.orchestration.importing import (
    Imported,
    all_imports,
    forget_import,
    import_file,
    options_for,
)
from fondaco.orchestration.kept_imports import known_gaps
from fondaco.orchestration.pipeline import run_pipeline
from fondaco.orchestration.progress import Event, Progress
from fondaco.orchestration.reconciling import reconcile_now
from fondaco.orchestration.stopping import Stop, StoppedError
from fondaco.server.api.data import health
from fondaco.server.site import Site
from fondaco.sources.exchange_rates import static_rates
from fondaco.sources.files.fields import parse_map
from fondaco.sources.files.importing import Prepared, prepare

pytestmark = pytest.mark.slow

MAP = parse_map(["order_id=Invoice", "ordered_at=When", "sku=Article", "quantity=Qty", "unit_price=Price"])
HEADER = "Invoice,When,Article,Qty,Price\n"
JULY = HEADER + '7,2026-07-01 00:30,MUG,1,"1,250"\n8,2026-07-02 12:00,CUP,2,"3,500"\n'


class Shop:
    """A project whose clock moves only while an import waits for its second to end."""

    def __init__(self, folder: Path) -> None:
        self.now = datetime(2026, 8, 1, 12, tzinfo=UTC)
        self.folder = folder
        self.project = Project.create(
            folder / "shop", currency="EUR", timezone="Europe/Berlin", clock=lambda: self.now
        )
        give_built(self.project.warehouse)
        self.project.landing.land_rows(
            "fondaco__exchange_rates",
            [
                {"tenant_id": "default", **row, "_synced_at": self.now.replace(tzinfo=None)}
                for row in static_rates().to_pylist()
            ],
        )

    def wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def imported(
        self,
        name: str,
        content: str,
        mapping: dict[str, str] | None = None,
        *,
        waiting: Callable[[float], None] | None = None,
        stop: Stop | None = None,
        progress: Progress | None = None,
        **given: Any,
    ) -> Imported:
        path = self.folder / name
        path.write_text(content)
        prepared = self.prepared(path, mapping, **given)
        try:
            return import_file(
                self.project, prepared, sleep=waiting or self.wait, stop=stop, progress=progress
            )
        finally:
            prepared.close()

    def prepared(self, path: Path, mapping: dict[str, str] | None = None, **given: Any) -> Prepared:
        return prepare(path, options_for(self.project, "files", MAP if mapping is None else mapping, **given))

    def kept(self, name: str, content: str, mapping: dict[str, str] | None = None, **given: Any) -> None:
        """Keep a file in the connection's folder, for the next import to land."""
        stop = Stop()
        stop.set()
        with pytest.raises(StoppedError):
            self.imported(name, content, mapping, stop=stop, **given)

    def own(self) -> tuple[str, str]:
        """The connection's currency and zone, which its settings have too."""
        connections = self.project.control.connections
        one = connections.get("default", "files")
        settings = connections.settings("default", "files")
        assert (settings["currency"], settings["timezone"]) == (one.currency, one.time_zone)
        return one.currency, one.time_zone

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with self.project.warehouse.writer() as writer:
            return [tuple(row.values()) for row in writer.fetch(sql).to_pylist()]

    def sales(self) -> list[tuple[Any, ...]]:
        """What readers see: gross sales by day of sale."""
        return self.rows_published(
            "select order_number, cast(order_date as varchar) as day, gross_sales from marts.orders order by 1"
        )

    def api_health(self) -> tuple[str, list[str]]:
        told = health(Site(self.project))
        return told.status, told.reasons

    def built(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of core and marts."""
        tables = self.rows(
            "select table_schema || '.' || table_name from information_schema.tables "
            "where table_schema in ('core', 'marts') and table_name not in ('build_state', 'order_changes', 'event_changes', 'mart_changes', 'profit_changes', 'day_changes')"
            " and table_name not like 'unpublished%' and table_name not like 'newer%'"
        )
        return {table: sorted(self.rows(f"select * from {table}"), key=repr) for (table,) in tables}

    def rows_published(self, sql: str) -> list[tuple[Any, ...]]:
        return [tuple(row.values()) for row in self.project.reader.query(sql).to_pylist()]


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    made = Shop(tmp_path)
    with made.project:
        yield made


def test_a_file_read_again_with_other_options_replaces_what_was_read_first(shop: Shop) -> None:
    """Also where another file, read in the first way, has some of its lines."""
    shop.kept("june.csv", HEADER + JULY.splitlines()[1] + "\n", decimal=".", timezone="UTC")
    shop.imported("july.csv", JULY, decimal=".", timezone="UTC")
    assert shop.sales() == [("7", "2026-07-01", Decimal(1250)), ("8", "2026-07-02", Decimal(7000))]
    again = shop.imported("july.csv", JULY, decimal=",", timezone="America/New_York")
    assert (again.before, again.after) == (2, 2)
    assert shop.sales() == [("7", "2026-07-01", Decimal("1.25")), ("8", "2026-07-02", Decimal(7))]
    assert shop.rows("select order_id, ordered_at from raw.files__order_lines order by 1") == [
        ("7", datetime(2026, 7, 1, 4, 30)),
        ("8", datetime(2026, 7, 2, 16)),
    ]


def test_lines_that_a_file_no_longer_has_are_gone_and_those_of_other_files_stay(shop: Shop) -> None:
    """The second reading takes other columns, so none of the first one's records is in it."""
    header, seven, eight = (
        "Invoice,Number,When,Article,Qty,Price",
        "7,X7,2026-07-01,MUG,1,5",
        "8,X8,2026-07-02,CUP,2,3",
    )
    shop.kept("seven.csv", f"{header}\n{seven}\n")
    shop.imported("both.csv", f"{header}\n{seven}\n{eight}\n")
    shop.imported("both.csv", f"{header}\n{seven}\n{eight}\n", {**MAP, "order_id": "Number"})
    expected = [
        ("7", "2026-07-01", Decimal(5)),
        ("X7", "2026-07-01", Decimal(5)),
        ("X8", "2026-07-02", Decimal(6)),
    ]
    assert shop.sales() == expected
    raw = "select order_id, line_id, import_id from raw.files__order_lines order by all"
    landed = shop.rows(raw)
    assert run_pipeline(shop.project, steps=("sync",), full_refresh=True).error is None
    assert shop.rows(raw) == landed


def test_orders_are_counted_by_the_files_own_report_as_by_the_models(shop: Shop) -> None:
    """An order of nothing but a gift card, and one whose lines lie on two days, are one order each."""
    mapping = parse_map([*(f"{field}={column}" for field, column in MAP.items()), "gift_card=Gift"])
    lines = [
        "7,2026-07-01 10:00,CARD,1,50,yes",
        "8,2026-07-01 23:00,MUG,1,10,no",
        "8,2026-07-02 10:00,CUP,1,5,no",
    ]
    shop.imported("gifts.csv", "\n".join([HEADER.strip() + ",Gift", *lines, ""]), mapping)
    days = reconcile_now(shop.project, all_days=True)
    assert [(day.figure, day.day, day.gap) for day in days if day.gap] == []
    assert sum(day.vendors for day in days if day.figure == "orders") == 2


def test_a_first_import_that_failed_settles_nothing(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def keep(*_: object, **__: object) -> None:
        raise OSError("no room")

    with monkeypatch.context() as patched, pytest.raises(OSError, match="no room"):
        patched.setattr(Prepared, "keep", keep)
        shop.imported("july.csv", JULY, decimal=".", timezone="UTC")
    shop.kept("july.csv", JULY, decimal=".", timezone="America/New_York")
    assert shop.own() == ("EUR", "America/New_York")


def test_a_later_file_leaves_the_connections_zone_and_currency_as_they_are(shop: Shop) -> None:
    shop.kept("july.csv", JULY, decimal=".", timezone="UTC", currency="USD")
    assert shop.own() == ("USD", "UTC")
    shop.kept("july.csv", JULY, decimal=".", timezone="America/New_York")
    assert shop.own() == ("USD", "America/New_York")
    august = HEADER + "9,2026-08-01 09:00,MUG,1,5\n"
    shop.kept("august.csv", august, timezone="Asia/Tokyo", currency="JPY")
    shop.kept("july.csv", JULY, decimal=",", timezone="Asia/Tokyo", currency="JPY")
    assert shop.own() == ("USD", "America/New_York")


def test_an_import_that_did_not_land_whole_is_not_published(shop: Shop) -> None:
    shop.imported("july.csv", JULY, decimal=".")
    before, version = shop.sales(), shop.project.reader.version

    def lose_a_line(seconds: float) -> None:
        for path in shop.project.data.glob("imports/files/*/order_lines.ndjson.gz"):
            lines = gzip.decompress(path.read_bytes()).splitlines(True)
            if b"LOST" in lines[-1]:
                path.write_bytes(gzip.compress(b"".join(lines[:-1])))
        shop.wait(seconds)

    august = HEADER + "9,2026-08-01 09:00,MUG,1,5\n9,2026-08-01 09:00,LOST,1,5\n"
    with pytest.raises(
        FatalError, match=r"2 records of order_lines, and 1 are .*\n.*state before the import"
    ):
        shop.imported("august.csv", august, waiting=lose_a_line)
    assert (shop.sales(), shop.project.reader.version) == (before, version)
    later = run_pipeline(shop.project)
    assert (later.run.outcome, later.run.health) == ("success", "warn")
    august = next(one.import_id for _, one in all_imports(shop.project) if one.file == "august.csv")
    assert later.run.health_reasons == known_gaps(shop.project.control, "default")
    assert later.run.health_reasons == [
        "august.csv has 2 records of order_lines, and 1 are in the warehouse. Import the file again, or take it back with "
        f"`fondaco imports remove {august}`."
    ]
    assert shop.api_health() == ("warn", later.run.health_reasons)
    assert run_pipeline(shop.project, steps=("sync",)).run.health == "ok"
    assert shop.api_health() == ("warn", later.run.health_reasons)
    assert forget_import(shop.project, "files", august)[1].run.health == "ok"
    assert (shop.sales(), shop.api_health()) == (before, ("ok", []))


def test_records_that_a_newer_file_took_over_are_not_missing(shop: Shop) -> None:
    shop.kept("july.csv", JULY, decimal=".")
    newer = shop.imported("whole.csv", JULY + "9,2026-07-03 09:00,MUG,1,5\n", decimal=".")
    assert (newer.outcome.run.health, known_gaps(shop.project.control, "default")) == ("ok", [])


def test_rows_that_are_set_aside_are_in_the_counts_of_the_run(shop: Shop) -> None:
    stop = Stop()
    content = JULY + "9,2026-07-03 09:00,MUG,many,5\n,2026-07-03 09:00,MUG,1,5\n"

    def until_landed(event: Event) -> None:
        if event.step == "sync" and event.ended:
            stop.set()

    outcome = shop.imported("july.csv", content, decimal=".", stop=stop, progress=until_landed).outcome
    lines = next(each for each in outcome.streams if each.stream == "order_lines")
    assert (lines.extracted, lines.loaded, lines.quarantined) == (4, 2, 2)
    assert shop.rows("select count(*) from raw.fondaco__quarantine") == [(2,)]


PEOPLE = "Customer ID,First Name,Last Name,Email,Total Spent,Total Orders,Tax Exempt\n"
GOODS = "Handle,Title,Vendor,Variant SKU,Variant Price\n"
OF_ORDERS = (
    "select order_number, customer_id, product_id, variant_id from core.order_lines "
    "inner join core.orders using (order_id) order by 1"
)


def test_orders_follow_customers_and_products_that_come_after_them(shop: Shop) -> None:
    """Also those whose e-mail or article number a newer file no longer has; as a whole build has them."""
    orders = "Invoice,When,Article,Qty,Price,Mail\n7,2026-07-01,MUG,1,5,ada@x.example\n8,2026-07-02,CUP,1,3,bo@x.example\n"
    shop.kept("orders.csv", orders, {**MAP, "email": "Mail"})
    shop.kept("goods.csv", GOODS + "mug,Mug,V,MUG,5\n", {})
    shop.imported("people.csv", PEOPLE + "1,Ada,A,ada@x.example,0,0,no\n", {})
    assert shop.rows(OF_ORDERS) == [
        ("7", "files:1", "files:mug", "files:mug:MUG"),
        ("8", None, "files:CUP", "files:CUP"),
    ]
    shop.kept("newer goods.csv", GOODS + "mug,Mug,V,OTHER,5\ncup,Cup,V,CUP,3\n", {})
    shop.imported(
        "newer people.csv", PEOPLE + "1,Ada,A,new@x.example,0,0,no\n2,Bo,B,bo@x.example,0,0,no\n", {}
    )
    assert shop.rows(OF_ORDERS) == [
        ("7", None, "files:MUG", "files:MUG"),
        ("8", "files:2", "files:cup", "files:cup:CUP"),
    ]
    built = shop.built()
    assert run_pipeline(shop.project, steps=("build",), full_refresh=True).error is None
    assert shop.built() == built
