"""From the vendors' levels and the merchant's sheets to the ledger: every piece of every day is where the hidden truth has it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from tests.journeys.conftest import END, Shops, connected_project, standing_clock

from fondaco.clock import zone
from fondaco.orchestration import Project, run_pipeline
from fondaco.orchestration.connecting import connect
from fondaco.simulator.serve import SimulatorServer
from fondaco.simulator.world import World, generate_world
from fondaco.simulator.world.frames import parquet_of
from fondaco.simulator.world.stock_sheets import write_stock_sheets
from fondaco.sources.files.importing import Options, prepare

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("journeys")]
DAYS, ORDERS = 220, 2_500
READ_FROM = date(2026, 7, 1)
"""The first day on which a run read the levels; what was before is worked back."""
PARTS = ("received", "sold", "returned", "transferred", "counted", "unexplained")


@dataclass(frozen=True)
class Stock:
    """A project over a world with stock, run daily since ``READ_FROM``."""

    project: Project
    world: Path

    def truth(self, table: str, sql: str = "select * from truth") -> list[dict[str, Any]]:
        with duckdb.connect() as connection:
            file = str(parquet_of(self.world, table)).replace("'", "''")
            connection.execute(f"create view truth as select * from read_parquet('{file}')")
            rows: list[dict[str, Any]] = connection.sql(sql).to_arrow_table().to_pylist()
            return rows

    def fetch(self, sql: str) -> list[dict[str, Any]]:
        with self.project.warehouse.writer() as writer:
            rows: list[dict[str, Any]] = writer.fetch(sql).to_pylist()
            return rows


@pytest.fixture(scope="module")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stock]:
    folder = tmp_path_factory.mktemp("stock")
    world = folder / "world"
    generate_world(world, seed=7, orders=ORDERS, days=DAYS, end=END, stock=True)
    with SimulatorServer(world) as server:
        project = connected_project(
            folder / "shop", Shops(server, World.open(world)), standing_clock, with_ads=False, is_built=True
        )
        inbox = project.data / "imports" / "sheets"
        connect(project, "files", "sheets", {"folder": str(inbox), "currency": "EUR", "timezone": "UTC"})
        for path in write_stock_sheets(world, folder / "sheets"):
            prepared = prepare(path, Options())
            assert prepared.set_aside == []
            prepared.keep(inbox, clock=lambda: END)
            prepared.close()
        assert run_pipeline(project).error is None
        found = Stock(project, world)
        _keep_as_daily_runs_would_have(found)
        assert run_pipeline(project, steps=("build",)).error is None
        yield found
        project.close()


def _keys(stock: Stock) -> dict[tuple[str, int, int], tuple[str, str, str]]:
    """For each variant and location of the truth: connection, location and variant in the warehouse."""
    names = {"Main warehouse": 0, "Store": 1}
    skus = {
        (row["shop_id"], row["sku"]): row["variant_id"]
        for row in stock.truth("variants", "select shop_id, sku, variant_id from truth")
    }
    shops = {row["name"]: row["shop_id"] for row in stock.truth("shops")}
    places = {
        (row["shop_id"], row["location_name"]): row["location_id"]
        for row in stock.truth("inventory", "select distinct shop_id, location_name, location_id from truth")
    }
    found = {}
    for row in stock.fetch(
        "select l.connection_id, c.name, l.location_id, l.location_name, l.variant_id, v.sku from core.inventory_levels as l"
        " join core.variants as v using (tenant_id, variant_id) join core.connections as c on c.connection_id = l.connection_id"
    ):
        shop = shops[row["name"]]
        place = row["location_name"] if row["location_name"] in names else "Main warehouse"
        key = (shop, skus[shop, row["sku"]], places[shop, place])
        found[key] = (row["connection_id"], row["location_id"], row["variant_id"])
    return found


def _keep_as_daily_runs_would_have(stock: Stock) -> None:
    """What a run at the end of each of the shops' days would have kept."""
    keys = _keys(stock)
    zones = {row["connection_id"]: row["time_zone"] for row in stock.fetch("select * from core.connections")}
    levels: dict[tuple[str, int, int], list[tuple[date, int]]] = {}
    for row in stock.truth("stock_days", "select * from truth order by day"):
        key = (row["shop_id"], row["variant_id"], row["location_id"])
        levels.setdefault(key, []).append((date.fromisoformat(row["day"]), row["closing"]))
    last = END.date() - timedelta(days=1)
    kept, readings = [], []
    for key, (connection, location, variant) in keys.items():
        known = [entry for entry in levels.get(key, []) if entry[0] <= last]
        before = [level for day, level in known if day <= READ_FROM]
        changes = [(READ_FROM, before[-1] if before else 0), *(one for one in known if one[0] > READ_FROM)]
        for day, level in changes:
            kept.append((connection, location, variant, day, level, _read_at(day, zones[connection])))
    for connection in {connection for connection, *_ in keys.values()}:
        for number in range((last - READ_FROM).days + 1):
            day = READ_FROM + timedelta(days=number)
            readings.append((connection, day, _read_at(day, zones[connection])))
    with stock.project.warehouse.writer() as writer, writer.transaction():
        for one in kept:
            writer.execute(
                "insert into raw.fondaco__inventory_levels_daily (tenant_id, connection_id, location_id, variant_id, level_date,"
                " available, read_at) values ($tenant, $connection, $location, $variant, $day, $level, $at)",
                dict(zip(("connection", "location", "variant", "day", "level", "at"), map(_plain, one), strict=True))
                | {"tenant": stock.project.tenant},
            )  # fmt: skip
        for reading in readings:
            writer.execute(
                "insert into raw.fondaco__inventory_readings values ($tenant, $connection, $day, $at)",
                dict(zip(("connection", "day", "at"), map(_plain, reading), strict=True))
                | {"tenant": stock.project.tenant},
            )


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _read_at(day: date, time_zone: str) -> str:
    """The last second of the shop's day, in naive UTC."""
    local = datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=zone(time_zone))
    return local.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ")


def _ours(stock: Stock, since: date) -> dict[tuple[str, str, date], dict[str, Any]]:
    rows = stock.fetch(f"select * from marts.stock_ledger where stock_date > date '{since.isoformat()}'")
    return {(row["location_id"], row["variant_id"], row["stock_date"]): row for row in rows}


def _theirs(stock: Stock, since: date) -> dict[tuple[str, str, date], dict[str, Any]]:
    keys = _keys(stock)
    found = {}
    for row in stock.truth("stock_days"):
        day = date.fromisoformat(row["day"])
        key = keys.get((row["shop_id"], row["variant_id"], row["location_id"]))
        if day > since and key is not None:
            found[key[1], key[2], day] = row
    return found


def _given_back_untold(stock: Stock) -> set[tuple[str, date]]:
    """Variants and days of refunds of a mere sum, as WooCommerce has them: no shop tells which pieces came back by them."""
    rows = stock.fetch(
        "select distinct l.variant_id, r.refunded_date from core.refunds as r join core.order_lines as l using (tenant_id, order_id)"
        " where not exists (select 1 from core.sales_events as e where e.order_id = r.order_id and e.event_date = r.refunded_date"
        " and e.event_type = 'return' and e.line_type = 'product' and e.quantity <> 0)"
    )
    return {(row["variant_id"], row["refunded_date"]) for row in rows}


def _is_the_same(ours: dict[str, Any] | None, theirs: dict[str, Any], is_untold: bool) -> bool:
    """Pieces that came back by a refund of a mere sum are unexplained; all else is what it was."""
    if ours is None:
        return False
    untold = theirs["returned"] - ours["returned"] if is_untold else 0
    wanted = theirs | {"returned": theirs["returned"] - untold, "unexplained": theirs["unexplained"] + untold}
    return untold >= 0 and all(wanted[name] == ours[name] for name in (*PARTS, "opening", "closing"))


def test_the_ledger_is_the_truth_at_every_location_every_day(stock: Stock) -> None:
    """What was sold, came and went, what counts put right, and what somebody changed by hand and told nobody."""
    ours, theirs, untold = _ours(stock, READ_FROM), _theirs(stock, READ_FROM), _given_back_untold(stock)
    wrong = {
        key: (row, ours.get(key))
        for key, row in theirs.items()
        if not _is_the_same(ours.get(key), row, key[1:] in untold)
    }
    assert not wrong, f"{len(wrong)} of {len(theirs)}: {list(wrong.items())[:3]}"
    assert len({key[1:] for key in theirs} & untold) < len(theirs) / 100
    idle = [row for key, row in ours.items() if key not in theirs]
    assert all(row[name] == 0 for row in idle for name in PARTS)
    assert sum(abs(row["unexplained"]) for row in theirs.values()) > 20
    assert len(theirs) > 2_000


def test_what_moved_before_the_first_level_is_known_all_the_same(stock: Stock) -> None:
    before = READ_FROM - timedelta(days=100)
    ours, theirs, untold = _ours(stock, before), _theirs(stock, before), _given_back_untold(stock)
    moved = ("received", "sold", "returned", "transferred")
    seen = 0
    for key, row in theirs.items():
        if key[2] < READ_FROM and key[1:] not in untold and any(row[name] for name in moved):
            assert [ours[key][name] for name in moved] == [row[name] for name in moved], key
            seen += 1
    assert seen > 500


def test_days_without_stock_are_found_and_no_others(stock: Stock) -> None:
    """Against the days on which the truth has nothing as they begin and end, of what was sold there before."""
    keys = _keys(stock)
    found = {
        (row["location_id"], row["variant_id"], row["stockout_date"])
        for row in stock.fetch("select * from marts.stockout_days where evidence = 'level'")
    }
    mains = {
        (shop, variant): (location, ours)
        for (shop, variant, place), (_, location, ours) in keys.items()
        if place % 2 == 1
    }
    gone = set()
    for row in stock.truth("stockouts"):
        first = max(date.fromisoformat(row["first_day"]), READ_FROM + timedelta(days=1))
        last = min(date.fromisoformat(row["last_day"]), END.date() - timedelta(days=1))
        days = (first + timedelta(days=number) for number in range((last - first).days + 1))
        gone |= {(*mains[row["shop_id"], row["variant_id"]], day) for day in days}
    ours = _ours(stock, READ_FROM - timedelta(days=200))
    sold = {key[:2] for key, row in ours.items() if row["sold"] and row["stock_date"] < READ_FROM}
    wanted = {one for one in gone if one[:2] in sold}
    assert len(found & wanted) / len(wanted) > 0.8, (len(found & wanted), len(wanted))
    empty = {(row["location_id"], row["variant_id"]) for row in ours.values() if row["closing"] <= 0}
    assert {one[:2] for one in found} <= empty
