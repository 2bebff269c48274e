"""A small simulated world, served over real HTTP."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fondaco.simulator.serve import SimulatorServer
from fondaco.simulator.store import Store
from fondaco.simulator.world.generate import generate_world

sys.path.insert(0, str(Path(__file__).parent))  # so that `suite` is found as in a third party's folder


@pytest.fixture(scope="session")
def served_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatorServer]:
    """Three shops and 150 orders, the last six days ago. Time may go on in it: tests compare, they count on nothing.

    Six days, for each vendor's tests may let a day pass, and what lies ahead of the clock is no vendor's to tell.
    """
    folder = tmp_path_factory.mktemp("world")
    end = datetime.now(UTC).replace(microsecond=0) - timedelta(days=6)
    generate_world(folder, seed=7, orders=150, end=end, days=90)
    Store.build(folder).close()
    with SimulatorServer(folder) as server:
        yield server


@pytest.fixture(scope="session")
def served_garden(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatorServer]:
    """The Magento shop, which stands in no world that does not ask for it, and 150 orders, the last two days ago."""
    folder = tmp_path_factory.mktemp("garden")
    end = datetime.now(UTC).replace(microsecond=0) - timedelta(days=2)
    generate_world(folder, seed=7, orders=150, end=end, days=90, shops=("delta",))
    Store.build(folder).close()
    with SimulatorServer(folder) as server:
        yield server


@pytest.fixture(scope="session")
def served_letters(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatorServer]:
    """One shop and 150 orders, the last two days ago, whose buyers are written to."""
    folder = tmp_path_factory.mktemp("letters")
    end = datetime.now(UTC).replace(microsecond=0) - timedelta(days=2)
    generate_world(folder, seed=7, orders=150, end=end, days=100, shops=("aurora",), messaging=("klaviyo",))
    Store.build(folder).close()
    with SimulatorServer(folder) as server:
        yield server


@pytest.fixture(scope="session")
def served_post(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatorServer]:
    """Two shops, of which one writes letters by Mailchimp and the other texts by Postscript."""
    folder = tmp_path_factory.mktemp("post")
    end = datetime.now(UTC).replace(microsecond=0) - timedelta(days=2)
    generate_world(
        folder, seed=7, orders=120, end=end, days=24, shops=("aurora", "brick"), messaging=("mailchimp", "postscript")
    )  # fmt: skip
    Store.build(folder).close()
    with SimulatorServer(folder) as server:
        yield server
