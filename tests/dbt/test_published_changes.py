"""Publishing only what has changed shows readers the same as publishing everything."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from tests.dbt.test_incremental import PEOPLE, Life

from fondaco.warehouse.duckdb_changes import note_whole

pytestmark = pytest.mark.slow


def files(books: Any) -> dict[str, str | None]:
    """Published versions, and what each stands on."""
    folder: Path = books.warehouse.settings.data / "published"
    found = {}
    for path in sorted(folder.glob("*.duckdb")):
        base = path.with_suffix(".base")
        found[path.stem] = base.read_text().strip() if base.is_file() else None
    return found


def assert_readers_see_the_marts(books: Any) -> None:
    reader = books.warehouse.reader()
    for table in books.tables():
        if table.startswith("marts."):
            rows = reader.query(f"select * from {table}").to_pylist()
            assert sorted((tuple(row.values()) for row in rows), key=repr) == books.contents(table), table
    reader.close()


@pytest.fixture
def life(open_books: Any, shop_type: Any) -> Life:
    """A merchant with two shops who has been read, built and published."""
    books = open_books()
    shop = shop_type(books, "life", time_zone="Europe/Berlin")
    shop.connect("life-us", "USD", "America/New_York")
    shop.ad_account("life-ads", "USD")
    shop.campaign("life-ads", "11", "Spring")
    shop.rate("2026-03-01", "USD", "1.2")
    shop.product("P0", "Lamp")
    for person, email in enumerate(PEOPLE):
        shop.customer(f"c{person}", email=email)
    life = Life(shop, random.Random(4))
    for _ in range(20):
        life.an_order()
    life.a_fee_of_the_account()
    shop.write()
    books.build()
    books.warehouse.publish()
    return life


def test_whatever_changes_readers_see_the_marts_as_they_are(life: Life) -> None:
    books = life.books
    [whole] = files(books)
    for number in (1, 2):
        life.round(number, happenings=6)
        books.build(select="resource_type:model")
        books.warehouse.publish(standing=())
        assert_readers_see_the_marts(books)
        assert list(files(books).values()) == [None] + number * [whole]

    # A version that others stand on is kept as long as they are, and no longer.
    for _ in range(4):
        books.warehouse.publish(standing=())
    assert set(files(books)) > {whole}
    assert len(files(books)) == 4
    for _ in range(3):
        books.warehouse.publish()
    assert list(files(books).values()) == [None] * 3
    assert not list((books.warehouse.settings.data / "published").glob("*.base"))

    # A kill between publishing everything and noting it leaves changes that are published already: no harm.
    oldest = sorted(files(books))[0]
    life.round(3, happenings=6)
    books.build(select="resource_type:model")
    with books.warehouse.writer() as writer:
        writer.execute(
            "update core.unpublished_orders set version = $v where version is not null", {"v": oldest}
        )
    books.warehouse.publish(standing=())
    assert files(books)[max(files(books))] == oldest
    assert_readers_see_the_marts(books)


def test_everything_is_published_where_it_is_not_known_what_changed(life: Life) -> None:
    books = life.books
    life.round(1, happenings=3)
    books.build(full_refresh=True)
    books.warehouse.publish(standing=())
    assert list(files(books).values()) == [None, None]
    assert_readers_see_the_marts(books)

    life.round(2, happenings=3)
    books.build(select="resource_type:model")
    with books.warehouse.writer() as writer:
        note_whole(writer.bench, "20200101t000000000000_000000")  # whose file is gone
    books.warehouse.publish(standing=())
    assert files(books)[max(files(books))] is None


def test_tables_that_stand_are_not_written_again(life: Life) -> None:
    books = life.books
    with books.warehouse.writer() as writer:
        writer.execute("create table marts.scores as select 'p' as person_id, 1 as score")
    books.warehouse.publish()
    [_, whole] = files(books)
    with books.warehouse.writer() as writer:
        writer.execute("create table marts.new_scores as select 2 as score")
    books.warehouse.publish(standing={"scores", "new_scores"})
    assert files(books)[max(files(books))] == whole
    [row] = (
        books.warehouse.reader()
        .query("select a.score, b.score as other from marts.scores a, marts.new_scores b")
        .to_pylist()
    )
    assert row == {"score": 1, "other": 2}
