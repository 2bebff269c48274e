"""A simulated commercetools project over real HTTP, with its faults and manners in the test's hands."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.serving import served

from fondaco.simulator.commercetools.app import Behaviour, create_app, demo_settings
from fondaco.simulator.faults import FaultMiddleware, Faults
from fondaco.simulator.store import Store
from fondaco.simulator.world import generate_world
from fondaco.sources.commercetools import Commercetools, CommercetoolsSettings
from fondaco.sources.commercetools.streams import STREAMS
from fondaco.sources.stream import Slice

END = datetime(2026, 11, 1, tzinfo=UTC)
START = END - timedelta(days=400)
NPM = Path(__file__).parents[2] / "npm"


@dataclass
class Project:
    """The project ``cedar`` and everything a test wants of it."""

    store: Store
    base_url: str
    faults: Faults
    behaviour: Behaviour
    slept: list[float] = field(default_factory=list)

    def source(self, **settings: Any) -> Commercetools:
        """A connection that waits for nothing, and notes how long it should have."""
        values = {**demo_settings(self.base_url, "cedar"), **settings}
        chosen = CommercetoolsSettings.model_validate(values)
        return Commercetools(chosen, sleep=self.slept.append)

    def read(
        self,
        stream: str,
        since: datetime = START,
        until: datetime = END,
        kind: str = "incremental",
        **more: Any,
    ) -> list[dict[str, Any]]:
        """All records of a slice, as they would be spooled."""
        return self._lines(Slice(stream, kind, since, until), **more)

    def read_all(self, stream: str, **more: Any) -> list[dict[str, Any]]:
        """All records of a stream that is read whole."""
        return self._lines(Slice(stream, "full"), **more)

    def _lines(self, part: Slice, **more: Any) -> list[dict[str, Any]]:
        chosen = next(each for each in STREAMS if each.name == part.stream)
        pages = self.source(**more).read(chosen, part)
        return [json.loads(line) for page in pages for line in page.lines.decode().splitlines()]

    def rows(self, sql: str) -> list[dict[str, Any]]:
        return self.store.rows(sql)

    @property
    def requests(self) -> list[str]:
        return self.behaviour.requests


@pytest.fixture(scope="session")
def cedar_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """One commercetools project with 1,500 orders in 400 days, among them every story that the platform knows."""
    folder = tmp_path_factory.mktemp("cedar")
    generate_world(folder, seed=4, orders=1_500, end=END, days=400, shops=("cedar",))
    with Store.build(folder) as store:
        yield store


@pytest.fixture
def imported_store(tmp_path: Path) -> Iterator[Store]:
    """The same kind of project, after an import that left all its orders with one lastModifiedAt."""
    generate_world(tmp_path / "world", seed=5, orders=1_200, end=END, days=100, shops=("cedar",))
    with Store.build(tmp_path / "world") as store:
        store.cursor().execute("update orders set updated_at = timestamp '2026-10-30 12:00:00.123'")
        yield store


@contextmanager
def opened(store: Store) -> Iterator[Project]:
    faults, behaviour = Faults(), Behaviour()
    with served(FaultMiddleware(create_app(store, faults, behaviour), faults)) as base_url:
        yield Project(store, base_url, faults, behaviour)


@pytest.fixture
def project(cedar_store: Store) -> Iterator[Project]:
    """The project, served on a free port; faults and manners are this test's own."""
    with opened(cedar_store) as served_project:
        yield served_project


@pytest.fixture
def imported_project(imported_store: Store) -> Iterator[Project]:
    """The project after its import."""
    with opened(imported_store) as served_project:
        yield served_project


@pytest.fixture
def mock_server() -> Iterator[str]:
    """@labdigital/commercetools-mock, which is not ours, on a free port; gives its address."""
    node = shutil.which("node")
    if node is None or not (NPM / "node_modules").is_dir():
        word = "the npm mocks are not installed: run scripts/install-test-system.sh"
        if os.environ.get("CI"):
            pytest.fail(f"CI needs them; {word}.")
        pytest.skip(word)
    process = subprocess.Popen(
        [node, str(NPM / "commercetools.mjs")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=NPM,
    )
    assert process.stdin is not None and process.stdout is not None
    try:
        yield str(json.loads(process.stdout.readline())["base_url"])
    finally:
        process.stdin.close()
        process.terminate()
        process.wait(10)
        process.stdout.close()
