"""A hand-made shop behind the simulator's endpoint, and connections to it over real HTTP."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from fondaco.simulator.faults import Faults
from fondaco.simulator.shopify.access import ALL_SCOPES, CLIENT_ID, CLIENT_SECRET
from fondaco.simulator.shopify.app import Behaviour, create_app, demo_settings
from fondaco.simulator.shopify.cost import Bucket
from fondaco.sources.shopify import Shopify, ShopifySettings
from fondaco.sources.stream import Slice, Stream, SyncMode

_PATH = Path(__file__).parents[2] / "simulator" / "shopify" / "hand_made.py"
_SPEC = importlib.util.spec_from_file_location("shopify_hand_made", _PATH)
assert _SPEC is not None and _SPEC.loader is not None
hand_made = importlib.util.module_from_spec(_SPEC)
sys.modules["shopify_hand_made"] = hand_made
_SPEC.loader.exec_module(hand_made)
NOW: datetime = hand_made.NOW.replace(tzinfo=UTC)
Lines = list[dict[str, Any]]


class Connections:
    """The hand-made shop, served; ``to`` opens a connection."""

    def __init__(self, world: Any, stack: ExitStack) -> None:
        self.world = world
        self.behaviour = Behaviour()
        self.faults = Faults()
        self.slept: list[float] = []
        self._stack = stack
        self._url: str | None = None

    @property
    def url(self) -> str:
        if self._url is None:
            self._app = create_app(self.world, self.faults, self.behaviour)
            self._url = self._stack.enter_context(hand_made.served(self.world, app=self._app))
        return self._url

    def endpoint_buckets(self) -> dict[Any, Bucket]:
        """The far side's buckets, by shop and app."""
        buckets: dict[Any, Bucket] = self._app.state.endpoint.buckets
        return buckets

    def grant_only(self, *scopes: str) -> None:
        self.behaviour.access.apps = {CLIENT_ID: (CLIENT_SECRET, frozenset(scopes))}

    def revoke(self, *scopes: str) -> None:
        self.grant_only(*(ALL_SCOPES - set(scopes)))

    def to(
        self, *, bulk_from: int = 250, sleep: Callable[[float], None] | None = None, **settings: Any
    ) -> Shopify:
        shop = Shopify(
            ShopifySettings(**{**demo_settings(self.url, "aurora"), **settings}),
            clock=lambda: NOW,
            sleep=sleep or self.note_sleep,
            bulk_from=bulk_from,
        )
        self._stack.callback(shop.close)
        return shop

    def note_sleep(self, seconds: float) -> None:
        """Time passes a hundred times as fast; nothing here waits for minutes."""
        self.slept.append(seconds)
        import time

        time.sleep(min(seconds, 0.05))


@pytest.fixture
def shop() -> Iterator[Connections]:
    """One product, no orders yet."""
    with ExitStack() as stack:
        world = hand_made.HandMadeWorld()
        world.add_product(1)
        yield Connections(world, stack)


def read(source: Shopify, name: str, since: datetime = NOW - timedelta(days=365)) -> Lines:
    """All lines of a stream, read in one slice."""
    stream = stream_of(name)
    if stream.mode is SyncMode.FULL:
        part = Slice(name, "full")
    else:
        part = Slice(name, "incremental", since, NOW + timedelta(days=1))
    lines: Lines = []
    for page in source.read(stream, part):
        assert page.lines.count(b"\n") == page.records
        lines += [json.loads(line) for line in page.lines.splitlines()]
    return lines


def stream_of(name: str) -> Stream:
    return next(stream for stream in Shopify.streams if stream.name == name)


def ids(lines: Lines, kind: str) -> list[str]:
    """The distinct ids of one kind of line, sorted."""
    return sorted({line["id"] for line in lines if line["__typename"] == kind})
