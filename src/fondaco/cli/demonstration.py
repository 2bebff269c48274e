"""What ``fondaco demo`` does: a world, its endpoints, a project connected to them, one run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fondaco.cli.bars import bars
from fondaco.cli.demo import OWNER
from fondaco.cli.demo_stock import import_stock_sheets
from fondaco.cli.run import watched_run
from fondaco.errors import ConfigError

if TYPE_CHECKING:
    from fondaco.cli.invocation import Invocation
    from fondaco.orchestration import Project, RunOutcome

_FILE = "demo.json"
_WORLD = "world"
_HEAD_START = timedelta(minutes=10)
"""The world ends so long before now, so that no stream's safety lag leaves its last minutes for a later run."""
_CHANGED_SHARE = 0.001
MESSAGING = ("klaviyo",)
"""By what the demo's merchant writes to people."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command line asks of the world; None: as it was, or the default."""

    orders: int | None = None
    seed: int | None = None
    days: int | None = None
    data: str | None = None
    mapping: tuple[tuple[str, str], ...] = ()

    def over(self, before: Wanted) -> Wanted:
        """With ``before`` for what is not asked."""
        asked = {name: value for name, value in asdict(self).items() if value not in (None, ())}
        return Wanted(**(asdict(before) | asked))


_DEFAULT = Wanted(orders=12_000, seed=1, days=730)


def demonstrate(
    invocation: Invocation, folder: Path, wanted: Wanted, *, quiet: bool
) -> tuple[Project, RunOutcome]:
    """Bring the demo in ``folder`` up to date, from nothing if need be."""
    from fondaco.simulator.world import World

    project = _project(folder)
    try:
        invocation.log_to(project)
        home = project.data / _WORLD
        before = _kept(project)
        if before is None:
            chosen = wanted.over(_DEFAULT)
            with bars(shown=not quiet) as progress:
                _make_world(project, home, chosen, progress)
        else:
            chosen = wanted.over(before)
            if chosen != before:
                raise ConfigError(
                    f"{folder} holds the demo of another world ({_described(before)}).",
                    "Leave the options out to go on with it, or name another folder with --folder.",
                )
        goes_on = before is not None and chosen.data is None
        with _served(home, advance=goes_on, project=project) as base_url:
            world = World.open(home)
            _connect(project, base_url, world.start.date())
            if before is None and chosen.data is None:
                _enter_costs(project, chosen.orders or 1, world.start.date(), world.end.date())
                import_stock_sheets(project, home)
            outcome = watched_run(project, quiet=quiet, kind="demo")
    except BaseException:
        project.close()
        raise
    return project, outcome


def _project(folder: Path) -> Project:
    from fondaco.config import PROJECT_FILE
    from fondaco.control import Role
    from fondaco.orchestration import Project

    if (folder / PROJECT_FILE).exists():
        return Project.open(folder)
    project = Project.create(folder, name="Fondaco demo", currency="EUR", timezone="Europe/Berlin")
    project.control.users.create(project.tenant, OWNER, role=Role.OWNER, name="Demo owner")
    _land_rates(project)
    return project


def _land_rates(project: Project) -> None:
    from fondaco.sources.exchange_rates import static_rates

    now = project.clock().astimezone(UTC).replace(tzinfo=None)
    project.landing.land_rows(
        "fondaco__exchange_rates",
        [{"tenant_id": project.tenant, **row, "_synced_at": now} for row in static_rates().to_pylist()],
    )


def _enter_costs(project: Project, orders: int, first: date, last: date) -> None:
    from fondaco.cli.demo_costs import demo_costs
    from fondaco.orchestration.costs import CostSheet

    costs = CostSheet(project.control, project.reader, project.tenant, "cli")
    for entry in demo_costs(orders, first, last):
        costs.add(entry)


def _kept(project: Project) -> Wanted | None:
    try:
        kept: dict[str, Any] = json.loads((project.data / _FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    kept["mapping"] = tuple((field, column) for field, column in kept["mapping"])
    return Wanted(**kept)


def _make_world(project: Project, home: Path, chosen: Wanted, progress: Any) -> None:
    from fondaco.orchestration.progress import Event
    from fondaco.simulator.world import generate_world
    from fondaco.warehouse.files import write_atomically

    progress(Event("world", detail=_described(chosen)))
    if chosen.data == "completejourney":
        from fondaco.simulator.completejourney import replay_completejourney

        replay_completejourney(home)
    elif chosen.data is not None:
        _replay_file(home, Path(chosen.data), dict(chosen.mapping))
    else:
        end = project.clock() - _HEAD_START
        generate_world(
            home, seed=chosen.seed or 0, orders=chosen.orders or 1, days=chosen.days or 1, end=end, messaging=MESSAGING, stock=True
        )  # fmt: skip
    progress(Event("world", detail=_described(chosen), ended=True))
    write_atomically(project.data / _FILE, json.dumps(asdict(chosen)).encode())


def _replay_file(home: Path, file: Path, mapping: dict[str, str]) -> None:
    """A file of orders, read as ``fondaco import`` reads it, as a Shopify shop of its own currency."""
    from fondaco.simulator.replay import replay_world
    from fondaco.sources.files.importing import Options, prepare

    prepared = prepare(file, Options(mapping=mapping))
    try:
        if "order_lines" not in prepared.streams:
            raise ConfigError(f"{file.name} holds no orders.", "Give a file of orders to --data.")
        lines = prepared.engine.sql(
            "select order_id, ordered_at, customer_id, email, sku, title, quantity, unit_price from order_lines"
        ).to_arrow_table()
        found = prepared.engine.execute("select any_value(currency) from order_lines").fetchone()
    finally:
        prepared.close()
    currency = found[0] if found and found[0] else "EUR"
    replay_world(home, lines, shop_id="replay", platform="shopify", currency=currency, time_zone="UTC")


@contextmanager
def _served(home: Path, *, advance: bool, project: Project) -> Iterator[str]:
    """The vendors' endpoints over the world; where it was read before, time goes on to the present."""
    import httpx

    from fondaco.clock import parse_instant
    from fondaco.simulator.serve import SimulatorServer

    with SimulatorServer(home) as server:
        if advance:
            with httpx.Client(base_url=f"{server.base_url}/_simulator", trust_env=False, timeout=600) as door:
                there = parse_instant(door.get("/health").json()["now"])
                passed = int((project.clock() - _HEAD_START - there).total_seconds() // 60)
                if passed > 0:
                    step = {"seed": int(there.timestamp()), "share": _CHANGED_SHARE, "minutes": passed}
                    door.post("/advance", json=step).raise_for_status()
        yield server.base_url


def _connect(project: Project, base_url: str, start: date) -> None:
    """Each shop and account of the world as a connection; again, because the port may be another one."""
    from fondaco.orchestration.connecting import connect, slug
    from fondaco.simulator.connections import (
        demo_ad_connections,
        demo_connections,
        demo_message_connections,
    )

    accounts = (*demo_ad_connections(base_url), *demo_message_connections(base_url))
    for each in (*demo_connections(base_url), *accounts):
        settings = each.settings | {"start_date": start.isoformat()}
        connect(project, each.source, slug(each.name), settings, moved=True)


def _described(world: Wanted) -> str:
    if world.data:
        return Path(world.data).name
    return f"{world.orders:,} orders in {world.days} days, seed {world.seed}"
