"""A simulated merchant with three shops, and projects that read it from the first request to the published marts."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.parsed import give_built, give_models

from fondaco.clock import parse_instant
from fondaco.orchestration import Project, RunOutcome, run_pipeline
from fondaco.orchestration.connecting import connect, slug
from fondaco.simulator.connections import demo_ad_connections, demo_connections
from fondaco.simulator.faults import Fault
from fondaco.simulator.serve import SimulatorServer
from fondaco.simulator.world import World, generate_world
from fondaco.sources.exchange_rates import static_rates
from fondaco.warehouse.published_layout import EACH_RUN

END = datetime(2026, 10, 1, 9, tzinfo=UTC)
DAYS = 45
ORDERS = int(os.environ.get("FONDACO_TRUTH_ORDERS", "420"))
"""`make truth` asks for many more."""
SHOP_ADDRESSES = 24_811
"""The simulator's port: WooCommerce's address is part of what tells one shop from another."""
SYSTEM_COLUMNS = frozenset({"synced_at", "_synced_at", "quarantined_at"})
SEEN_WHEN_READ = frozenset({"inventory_levels", "inventory"})
"""WooCommerce tells no instant for a stock level, so its ``updated_at`` is the instant of the reading."""
KEPT_BY_BUILDS = frozenset({"raw.fondaco__unit_costs", "raw.fondaco__profit_settings"})
"""Raw tables that a build writes, not a reading."""
MADE_OF_COSTS = (
    "core.unit_costs",
    "core.goods_costs",
    "core.goods_cost_states",
    "core.campaign_results",
    "marts.profit_ledger",
    "marts.profit_daily",
    "marts.campaigns_daily",
    "marts.messages_daily",
    "core.stock_movements",
    "core.stock_classes",
    "core.stock_costs",
    "core.stock_now",
    "core.stock_windows",
    *(f"marts.{name}" for name in sorted(EACH_RUN) if name.startswith("stock")),
)
"""Tables that the history of unit costs or of levels is in, which only a project that has grown can know."""
BOOKKEEPING = frozenset(
    {"build_state", "order_states", "rate_states", "order_changes", "event_changes", "mart_changes", "profit_changes", "day_changes",
     "unpublished_orders", "unpublished_days", "newer_sales_ledger", "newer_order_profit",
     "fondaco__inventory_levels_daily", "fondaco__inventory_readings", "inventory_levels_daily", "inventory_readings",
     "fondaco__identity_runs", "model_runs", "profit_forecast_runs", "demand_forecast_runs", "price_runs"}
)  # fmt: skip
"""Tables that say what the last run saw or changed, or keep each run apart, and so differ from run to run."""


@dataclass
class Shops:
    """The running simulator over one world."""

    server: SimulatorServer
    world: World
    shop_ids: dict[str, str] = field(default_factory=dict)

    @property
    def now(self) -> datetime:
        return parse_instant(self.ask("GET", "health")["now"])

    def ask(self, method: str, path: str, **options: Any) -> Any:
        url = f"{self.server.base_url}/_simulator/{path}"
        answer = httpx.request(method, url, trust_env=False, timeout=120, **options)
        answer.raise_for_status()
        return answer.json()

    def truth(self, shop_id: str, clock: str) -> dict[str, dict[str, int]]:
        """The hidden ledger by day, in minor units."""
        rows = self.ask("GET", f"report/{shop_id}", params={"clock": clock})
        return {row.pop("day"): row for row in rows}

    def switch(self, *faults: Fault) -> None:
        self.ask("POST", "faults", json={"seed": 1, "faults": [fault.model_dump() for fault in faults]})

    def happened(self) -> dict[str, int]:
        happened: dict[str, int] = self.ask("GET", "faults")["happened"]
        return happened

    def advance(self, *, share: float, minutes: int) -> Any:
        return self.ask("POST", "advance", json={"seed": 5, "share": share, "minutes": minutes})


def connected_project(
    folder: Path, shops: Shops, clock: Any, *, with_ads: bool = True, is_built: bool = False
) -> Project:
    """A fresh project with a connection to each shop, and each ad account, and the static exchange rates.

    With ``is_built`` the models have been built once, over nothing.
    """
    project = Project.create(folder, name="Journey", currency="EUR", timezone="Europe/Berlin", clock=clock)
    (give_built if is_built else give_models)(project.warehouse)
    project.landing.land_rows(
        "fondaco__exchange_rates",
        [
            {"tenant_id": project.tenant, **row, "_synced_at": END.replace(tzinfo=None)}
            for row in static_rates().to_pylist()
        ],
    )
    start = shops.world.start.date().isoformat()
    base_url = shops.server.base_url
    for each in (*demo_connections(base_url), *(demo_ad_connections(base_url) if with_ads else ())):
        connect(project, each.source, slug(each.name), each.settings | {"start_date": start})
    return project


def rows(project: Project, *schemas: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every table of ``schemas`` as sorted rows without system columns."""
    found: dict[str, list[tuple[Any, ...]]] = {}
    with project.warehouse.writer() as writer:
        tables = writer.fetch(
            "select table_schema as s, table_name as t from information_schema.tables where table_type = 'BASE TABLE'"
        ).to_pylist()
        for table in tables:
            if table["s"] not in schemas or table["t"] in BOOKKEEPING:
                continue
            content = writer.fetch(f'select * from {table["s"]}."{table["t"]}"')
            left_out = SYSTEM_COLUMNS | ({"updated_at"} if table["t"] in SEEN_WHEN_READ else set())
            kept = content.select([name for name in content.column_names if name not in left_out])
            found[f"{table['s']}.{table['t']}"] = sorted(
                (tuple(row.values()) for row in kept.to_pylist()), key=repr
            )
    return found


def differences(
    ours: dict[str, list[tuple[Any, ...]]], theirs: dict[str, list[tuple[Any, ...]]]
) -> dict[str, tuple[list[Any], list[Any]]]:
    """By table, rows that only one side has; no more than three of each, to be read."""
    found = {}
    for table in sorted(ours.keys() | theirs.keys()):
        left, right = ours.get(table, []), theirs.get(table, [])
        if left != right:
            first, second = set(map(repr, left)), set(map(repr, right))
            found[table] = (sorted(first - second)[:3], sorted(second - first)[:3])
    return found


@pytest.fixture(scope="session")
def world_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A generated world of three shops."""
    folder = tmp_path_factory.mktemp("world")
    generate_world(folder, seed=11, orders=ORDERS, days=DAYS, end=END)
    return folder


@pytest.fixture(scope="session")
def shops(world_folder: Path) -> Iterator[Shops]:
    """The simulator, with time standing still and no fault."""
    with SimulatorServer(world_folder) as server:
        yield Shops(server, World.open(world_folder))


@pytest.fixture
def moving_shops(world_folder: Path, tmp_path: Path) -> Iterator[Shops]:
    """A simulator over a copy of the world, whose time a test may move and whose faults it may switch."""
    folder = tmp_path / "world"
    shutil.copytree(world_folder, folder, ignore=shutil.ignore_patterns("store.duckdb*"))
    with SimulatorServer(folder) as server:
        yield Shops(server, World.open(folder))


def fast_clock() -> datetime:
    """The shops' time, far enough ahead that a run reads everything that has happened."""
    return datetime(2026, 10, 2, 12, tzinfo=UTC) + timedelta(seconds=time.monotonic())


@pytest.fixture(scope="session")
def read_project(world_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a world and a project that has read it once; each test copies it, and serves the world at the same port."""
    folder = tmp_path_factory.mktemp("read")
    shutil.copytree(world_folder, folder / "world", ignore=shutil.ignore_patterns("store.duckdb*"))
    with SimulatorServer(folder / "world", port=SHOP_ADDRESSES) as server:
        shops = Shops(server, World.open(folder / "world"))
        # An ad account tells nothing by webhooks, and Google's has an address of its own at each start.
        with connected_project(folder / "shop", shops, fast_clock, with_ads=False, is_built=True) as project:
            assert run_pipeline(project, steps=("sync", "build", "publish")).error is None
    return folder


def standing_clock() -> datetime:
    """Later than anything in the world by more than every safety lag."""
    return END + timedelta(minutes=20)


@dataclass(frozen=True)
class Undisturbed:
    """A project that was run once without any fault, and what its run did."""

    project: Project
    outcome: RunOutcome
    events: tuple[str, ...]
    tables: dict[str, list[tuple[Any, ...]]]


@pytest.fixture(scope="session")
def undisturbed(shops: Shops, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Undisturbed]:
    """What every disturbed run must come to."""
    project = connected_project(tmp_path_factory.mktemp("undisturbed") / "shop", shops, standing_clock)
    events: list[str] = []
    outcome = run_pipeline(
        project, progress=lambda event: events.append(json.dumps([event.step, event.subject]))
    )
    yield Undisturbed(project, outcome, tuple(events), rows(project, "raw", "core", "marts"))
    project.close()
