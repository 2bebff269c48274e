"""What a piece cost, day by day: shops tell today's cost only, and what they said before is not forgotten."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from fondaco.jobs.costs import keep_unit_costs

pytestmark = pytest.mark.slow
D = Decimal
ENGINES = ["duckdb", pytest.param("postgres", marks=pytest.mark.postgres)]
ALWAYS = "0001-01-01"
MODELS = "+core_unit_costs,resource_type:model"


def run(books: Any, now: str, **options: Any) -> int:
    """A build, whole the first time, and what follows it; how many costs were new."""
    books.build(now=now, select=MODELS if "core.orders" in books.tables() else None, tested=False, **options)
    return keep(books)


def keep(books: Any) -> int:
    with books.warehouse.writer() as writer:
        return sum(keep_unit_costs(writer, tenant) for tenant in tenants(books))


def tenants(books: Any) -> list[str]:
    return [row["tenant_id"] for row in books.rows("select tenant_id from raw.fondaco__tenants order by 1")]


def costs(shop: Any, variant: str = "A") -> list[tuple[Any, ...]]:
    """First day, day after the last, cost and currency of a variant."""
    return list(
        shop.select(
            "cast(valid_from as varchar), cast(valid_until as varchar), unit_cost, currency",
            "core.unit_costs", "valid_from", where=f"variant_id = '{shop.id(variant)}'",
        )
    )  # fmt: skip


def say(shop: Any, unit_cost: str | None, variant: str = "A") -> None:
    """The shop now says another cost."""
    shop.books.execute(
        "update raw.stub__variants set unit_cost = cast($cost as decimal(18, 6)) where variant_id = $variant",
        cost=unit_cost, variant=shop.id(variant),
    )  # fmt: skip


@pytest.mark.parametrize("engine", ENGINES)
def test_a_cost_holds_from_the_day_it_was_seen_and_the_first_one_for_all_days_before(
    open_books: Any, shop_type: Any, engine: str
) -> None:
    """Days are the shop's: at 20:00 UTC it is the next day in Tokyo. A shop without costs has no rows."""
    books = open_books(engine)
    shop = shop_type(books, "dated", currency="JPY", time_zone="Asia/Tokyo")
    other = shop_type(books, "elsewhere")
    variant = shop.variant("A", "4.25")
    shop.variant("B", None)
    other.variant("A", "7")
    shop.write()
    other.write()
    books.build(now="2026-03-31 12:00:00", tested=False)
    assert keep(books) == 2
    assert costs(shop) == [(ALWAYS, None, D("4.25"), "JPY")]

    assert run(books, "2026-04-01 12:00:00") == 0
    say(shop, "5")
    assert run(books, "2026-04-02 20:00:00") == 1
    say(shop, None)
    say(shop, "1", "B")
    assert run(books, "2026-04-09 12:00:00") == 2
    say(shop, "5")
    books.build(now="2026-04-20 12:00:00")
    assert keep(books) == 1

    assert costs(shop) == [
        (ALWAYS, "2026-04-03", D("4.25"), "JPY"),
        ("2026-04-03", "2026-04-09", D(5), "JPY"),
        ("2026-04-09", "2026-04-20", None, "JPY"),
        ("2026-04-20", None, D(5), "JPY"),
    ]
    assert costs(shop, "B") == [(ALWAYS, None, D(1), "JPY")]
    assert costs(other) == [(ALWAYS, None, D(7), "EUR")]
    assert shop.select(
        "connection_id, variant_id, product_id, sku, number, cast(seen_at as varchar)",
        "core.unit_costs", "number desc", where=f"variant_id = '{variant}'",
    )[0] == ("dated-shop", "dated-shop:A", "dated-shop:P", "A", 4, "2026-04-20 12:00:00")  # fmt: skip


@pytest.mark.parametrize("engine", ENGINES)
def test_nothing_of_the_past_is_lost_when_everything_is_built_anew(
    open_books: Any, shop_type: Any, engine: str
) -> None:
    """Neither a full refresh nor an operator who drops the table in core can take it away."""
    books = open_books(engine)
    shop = shop_type(books, "anew")
    shop.variant("A", "4")
    shop.write()
    run(books, "2026-03-31 12:00:00")
    say(shop, "5")
    run(books, "2026-04-02 12:00:00")
    known = [(ALWAYS, "2026-04-02", D(4), "EUR"), ("2026-04-02", None, D(5), "EUR")]

    assert run(books, "2026-05-01 12:00:00", full_refresh=True) == 0
    assert costs(shop) == known
    books.execute("drop table core.unit_costs")
    assert run(books, "2026-05-02 12:00:00") == 0
    assert costs(shop) == known


@pytest.mark.parametrize("engine", ENGINES)
def test_of_several_costs_on_one_day_the_last_holds_and_a_clock_set_back_moves_no_day_back(
    open_books: Any, shop_type: Any, engine: str
) -> None:
    books = open_books(engine)
    shop = shop_type(books, "hasty")
    shop.variant("A", "4")
    shop.write()
    for cost, now in (
        ("4", "2026-03-01 12:00:00"), ("5", "2026-03-31 08:00:00"), ("6", "2026-03-31 09:00:00"),
        ("7", "2026-03-30 09:00:00"),
    ):  # fmt: skip
        say(shop, cost)
        assert run(books, now) == 1
    assert costs(shop) == [(ALWAYS, "2026-03-31", D(4), "EUR"), ("2026-03-31", None, D(7), "EUR")]
    assert [row["unit_cost"] for row in books.rows("select unit_cost from raw.fondaco__unit_costs order by number")] == [
        D(4), D(5), D(6), D(7),
    ]  # fmt: skip


def test_a_run_that_was_cut_off_is_made_up_for_and_doubles_nothing(open_books: Any, shop_type: Any) -> None:
    """Cut off before the costs were kept, the next build sees them again; after it, there is nothing new."""
    books = open_books()
    shop = shop_type(books, "cut")
    shop.variant("A", "4")
    shop.write()
    run(books, "2026-03-31 12:00:00")
    say(shop, "5")
    books.build(now="2026-04-02 12:00:00", select=MODELS)
    assert run(books, "2026-04-02 13:00:00") == 1
    assert keep(books) == 0
    assert costs(shop) == [(ALWAYS, "2026-04-02", D(4), "EUR"), ("2026-04-02", None, D(5), "EUR")]


def test_another_currency_is_another_cost(open_books: Any, shop_type: Any) -> None:
    books = open_books()
    shop = shop_type(books, "moved")
    shop.variant("A", "4")
    shop.variant("B", None)
    shop.write()
    run(books, "2026-03-31 12:00:00")
    books.execute("update raw.stub__variants set currency = 'CHF'")
    assert run(books, "2026-04-02 12:00:00") == 1
    assert costs(shop) == [(ALWAYS, "2026-04-02", D(4), "EUR"), ("2026-04-02", None, D(4), "CHF")]
    assert costs(shop, "B") == []
