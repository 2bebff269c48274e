"""What was read before, overlaid with what changed since, is what a full reading gives."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from fondaco.simulator.shopify.app import demo_settings
from fondaco.simulator.store import Store
from fondaco.simulator.world import generate_world
from fondaco.sources.shopify import Shopify, ShopifySettings
from fondaco.sources.stream import Slice, SyncMode

from .conftest import hand_made

pytestmark = pytest.mark.slow
END = datetime(2026, 11, 18, 12, tzinfo=UTC)
Records = dict[tuple[str, ...], dict[str, Any]]


def _read(source: Shopify, since: datetime | None) -> Records:
    found: Records = {}
    for stream in source.streams:
        if stream.mode is SyncMode.FULL:
            part = Slice(stream.name, "full")
        else:
            kind = "backfill" if since is None else "incremental"
            part = Slice(
                stream.name, kind, since or datetime(2010, 1, 1, tzinfo=UTC), END + timedelta(days=9)
            )
        for page in source.read(stream, part):
            for line in page.lines.splitlines():
                record = json.loads(line)
                record.pop("__rootId", None)  # a bulk file has it not, pages have it for what hangs deeper
                key = record.get("id") or f"{record['__parentId']}#{record['index']}"
                if stream.name == "collections" and "__parentId" in record:  # a product is in several
                    key = f"{record['__parentId']}#{key}"
                found[stream.name, record["__typename"], key] = record
    return found


def test_changes_since_the_cursor_are_all_changes(tmp_path: Path) -> None:
    generate_world(tmp_path, seed=7, orders=150, end=END, days=200)
    with Store.build(tmp_path) as store, hand_made.served(store) as url:
        source = Shopify(ShopifySettings(**demo_settings(url, "aurora")))
        before = _read(source, None)
        for seed in range(3):
            store.advance(seed=seed, share=0.3, minutes=60)
        merged = {**before, **_read(source, END - timedelta(minutes=10))}
        full = _read(source, None)
        source.close()
    assert len(full.keys() - before.keys()) > 50
    assert {key: merged[key] for key in full} == full
    deleted = {key for key in merged.keys() - full.keys() if key[1] == "Order"}
    assert deleted, "only deleted orders are left over; their tombstones tell"
