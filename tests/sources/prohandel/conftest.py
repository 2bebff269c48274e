"""The simulated ERP of a shop over real HTTP, with its faults and manners in the test's hands."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.serving import served

from fondaco.simulator.faults import FaultMiddleware, Faults
from fondaco.simulator.prohandel.app import Behaviour, create_app, demo_settings
from fondaco.simulator.store import Store
from fondaco.simulator.world import generate_world
from fondaco.sources.prohandel import ProHandel, ProHandelSettings
from fondaco.sources.prohandel.streams import STREAMS
from fondaco.sources.stream import Slice, SyncMode

END = datetime(2026, 11, 1, tzinfo=UTC)
START = END - timedelta(days=400)


@dataclass
class Erp:
    """The ERP of the shop ``aurora`` and everything a test wants of it."""

    store: Store
    base_url: str
    faults: Faults
    behaviour: Behaviour
    folder: Path
    slept: list[float] = field(default_factory=list)

    def source(self, **settings: Any) -> ProHandel:
        """A connection that waits for nothing, and notes how long it should have."""
        content = {**demo_settings(self.base_url, "aurora"), **settings}
        return ProHandel(ProHandelSettings.model_validate(content), sleep=self.slept.append)

    def mapped(self, text: str, **settings: Any) -> ProHandel:
        """A connection with a mapping of the merchant's own."""
        path = self.folder / "prohandel.toml"
        path.write_text(text, encoding="utf-8")
        return self.source(mapping=path, **settings)

    def read(self, stream: str, source: ProHandel | None = None, **slice_: Any) -> list[dict[str, Any]]:
        """All rows of a stream, as they would be spooled."""
        chosen = next(each for each in STREAMS if each.name == stream)
        part = Slice(stream, "full")
        if chosen.mode is not SyncMode.FULL:
            part = Slice(stream, "backfill", slice_.get("since", START), slice_.get("until", END))
        found: list[dict[str, Any]] = []
        for page in (source or self.source()).read(chosen, part):
            found.extend(map(json.loads, page.lines.decode().splitlines()))
        return found

    def rows(self, sql: str) -> list[dict[str, Any]]:
        return self.store.rows(sql)


@pytest.fixture(scope="session")
def erp_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A shop with 600 orders in 400 days, its branches, suppliers and purchase orders."""
    folder = tmp_path_factory.mktemp("erp")
    generate_world(folder, seed=4, orders=600, end=END, days=400, shops=("aurora",), stock=True)
    with Store.build(folder) as store:
        yield store


@pytest.fixture
def erp(erp_store: Store, tmp_path: Path) -> Iterator[Erp]:
    """The ERP, served on a free port; faults and manners are this test's own."""
    faults, behaviour = Faults(), Behaviour()
    with served(FaultMiddleware(create_app(erp_store, faults, behaviour), faults)) as base_url:
        yield Erp(erp_store, base_url, faults, behaviour, tmp_path)
