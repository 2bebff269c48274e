"""Streams that say how things stand, such as stock: what a whole reading no longer has is removed, and nothing else ever is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from tests.landing.conftest import TEXT, Bench, page

from fondaco.sources.stream import Column, ColumnType, Slice, Stream, SyncMode, Table

STOCK = Stream(
    "stock",
    mode=SyncMode.FULL,
    drops_missing=True,
    tables=(
        Table("stock", (Column("sku", TEXT, "$.sku"), Column("pieces", ColumnType.BIGINT, "$.pieces")), ("sku",)),
        Table(
            "places",
            (Column("sku", TEXT, "^.sku"), Column("place", TEXT, "$.place")),
            ("sku", "place"),
            each=("$.places",),
            parent_key=("sku",),
        ),
    ),
)  # fmt: skip
LASTING = replace(STOCK, drops_missing=False)
WHOLE = Slice("stock", "full")


class Depot:
    """A source as far as landing looks at it."""

    streams = (STOCK,)


@pytest.fixture
def depot(bench: Bench) -> Bench:
    bench.landing.create_tables({"shop": Depot})  # type: ignore[dict-item]
    return bench


def lying(sku: str, pieces: Any, *places: str) -> dict[str, Any]:
    return {"sku": sku, "pieces": pieces, "places": [{"place": place} for place in places]}


def stock(depot: Bench) -> list[tuple[Any, ...]]:
    return depot.rows("shop__stock", "sku", "pieces")


def test_what_is_no_longer_listed_is_removed_with_all_that_belongs_to_it(depot: Bench) -> None:
    depot.land(lying("a", 1, "here"), lying("b", 2, "here", "there"), stream=STOCK, part=WHOLE)
    depot.land(lying("a", 3, "there"), lying("c", 4), stream=STOCK, part=WHOLE)
    assert stock(depot) == [("a", 3), ("c", 4)]
    assert depot.rows("shop__places", "sku", "place") == [("a", "there")]


def test_streams_that_do_not_say_so_keep_what_they_had(depot: Bench) -> None:
    depot.land(lying("a", 1), lying("b", 2), stream=LASTING, part=WHOLE)
    depot.land(lying("a", 3), stream=LASTING, part=WHOLE)
    assert stock(depot) == [("a", 3), ("b", 2)]


def test_a_reading_of_which_a_record_was_set_aside_removes_nothing(depot: Bench) -> None:
    depot.land(lying("a", 1), lying("b", 2), lying("c", 3), stream=STOCK, part=WHOLE)
    result = depot.land(lying("a", 5), lying("b", "many"), stream=STOCK, part=WHOLE)
    assert result.quarantined == 1
    assert stock(depot) == [("a", 5), ("b", 2), ("c", 3)]


def test_a_reading_without_a_record_is_not_believed(depot: Bench) -> None:
    depot.land(lying("a", 1), stream=STOCK, part=WHOLE)
    depot.land(stream=STOCK, part=WHOLE)
    assert stock(depot) == [("a", 1)]


def test_a_reading_that_breaks_off_removes_nothing(depot: Bench) -> None:
    depot.land(lying("a", 1), lying("b", 2), stream=STOCK, part=WHOLE)

    def broken() -> Any:
        yield page(lying("a", 9))
        raise RuntimeError

    with pytest.raises(RuntimeError):
        depot.landing.spool("north", "shop", STOCK, WHOLE, broken())
    for left in depot.landing.pending():
        depot.landing.load(left)
    assert stock(depot) == [("a", 1), ("b", 2)]


def test_the_stock_of_another_account_stays(depot: Bench) -> None:
    depot.land(lying("a", 1), stream=STOCK, part=WHOLE)
    depot.landing.load(depot.landing.spool("south", "shop", STOCK, WHOLE, [page(lying("b", 2))]))
    assert depot.rows("shop__stock", "connection_id", "sku") == [("north", "a"), ("south", "b")]


def test_readings_that_are_loaded_late_or_again_after_a_crash_end_the_same(depot: Bench) -> None:
    first = depot.spool(lying("a", 1), lying("b", 2), stream=STOCK, part=WHOLE)
    second = depot.spool(lying("a", 3), lying("c", 4), stream=STOCK, part=WHOLE)
    files = {path: path.read_bytes() for path in second.folder.iterdir()}
    depot.landing.load(second)
    depot.landing.load(first)
    assert stock(depot) == [("a", 3), ("c", 4)]
    second.folder.mkdir(exist_ok=True)
    for path, content in files.items():
        path.write_bytes(content)
    depot.landing.load(second)
    assert stock(depot) == [("a", 3), ("c", 4)]
