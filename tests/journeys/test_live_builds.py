"""What follows from a few changed orders, built by itself, is what a build of everything gives."""

from __future__ import annotations

import time
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.journeys.conftest import END, Shops, connected_project, differences, rows
from tests.journeys.test_live import fast_clock, served, subscribe_all

from fondaco.costs import CostEntry, Kind
from fondaco.orchestration import Project, run_pipeline
from fondaco.orchestration.costs import CostSheet
from fondaco.orchestration.draining import Drain
from fondaco.orchestration.modelling import build
from fondaco.orchestration.progress import silent
from fondaco.simulator.serve import SimulatorServer
from fondaco.simulator.world import World, generate_world
from fondaco.warehouse.dbt import project_folder
from fondaco.warehouse.dbt_live import LiveBuilder
from fondaco.warehouse.duckdb_live import WAITING
from fondaco.warehouse.published_layout import EACH_RUN

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("journeys"), pytest.mark.timeout(900)]

STOCK = {path.stem for path in (project_folder() / "models" / "stock").glob("*.sql")} - {"core_stock_sales"}
WAITS = WAITING | STOCK | EACH_RUN | {"core_contacts"}
SEEN = {"unit_costs"}
"""Says when a build saw a cost; what is made of it is compared."""
ROUNDS = 3


def enter_costs(project: Project, days: tuple[Any, Any]) -> None:
    """A cost of every kind that orders share, or bear by themselves."""
    sheet = CostSheet(project.control, project.reader, project.tenant, "user:7")
    cents, rate = {"amount": Decimal("0.35"), "currency": "EUR"}, {"rate": Decimal("0.02")}
    for kind, item, content in [
        (Kind.MARKETING, "Agency", {"amount": Decimal(9000), "currency": "EUR", "valid_from": days[0], "valid_to": days[1]}),
        (Kind.DEFAULT_PRODUCT_COST, None, {"rate": Decimal("0.4")}),
        (Kind.SHIPPING_COST, "World", cents),
        (Kind.SHIPPING_COST, "Germany", cents | {"country": "DE"}),
        (Kind.PACKAGING, None, cents),
        (Kind.PAYMENT_FEE, None, rate),
        (Kind.DUTY, None, rate),
        (Kind.RETURN_HANDLING, None, cents),
    ]:  # fmt: skip
        sheet.add(CostEntry(kind, item, **content))


def built(project: Project) -> dict[str, list[tuple[Any, ...]]]:
    """What live builds have to keep up."""
    names = {name.removeprefix("core_") for name in WAITS} | SEEN
    return {
        table: found
        for table, found in rows(project, "core", "marts").items()
        if table.split(".")[1] not in names
    }


def test_changed_orders_built_by_themselves_are_as_in_a_whole_build(tmp_path: Path) -> None:
    """Orders of two shops, with costs that they share; commercetools' payments are of no order, and left to dbt."""
    generate_world(tmp_path / "world", seed=11, orders=400, days=60, end=END)
    with SimulatorServer(tmp_path / "world") as server:
        shops = Shops(server, World.open(tmp_path / "world"))
        with connected_project(
            tmp_path / "shop", shops, fast_clock, with_ads=False, is_built=True
        ) as project:
            end = shops.world.end.date()
            enter_costs(project, (end - timedelta(days=59), end))
            assert run_pipeline(project, steps=("sync", "build", "publish")).error is None
            builder = LiveBuilder(project.warehouse)
            with served(project) as url, pytest.MonkeyPatch.context() as environment:
                environment.setenv("FONDACO_SERVER__PUBLIC_URL", url)
                with Project.open(tmp_path / "shop", clock=fast_clock) as told:
                    subscribe_all(told, shops, without={"commercetools"})
                    time.sleep(1.1)  # the door reads its keys again after a second
                drain = Drain(project)
                for seed in range(ROUNDS):
                    shops.advance(share=0.03, minutes=60)
                    shops.ask("POST", "deliver", json={"seed": seed, "shuffled": True})
                    with project.warehouse.writer():
                        drained = drain.drain()
                        assert drained.records > 0
                        before = built(project)
                        assert builder.build_changes(drained.changes, now=project.clock())
                        assert differences(before, built(project)).keys() >= {
                            "marts.orders",
                            "marts.profit_ledger",
                        }
                    drain.commit()
                drain.close()
            found = built(project)
            build(project, silent, full_refresh=True)
            assert differences(found, built(project)) == {}
