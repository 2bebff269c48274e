"""A mapping says what it reads, and a mistake in it is named with its line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from fondaco.errors import ConfigError
from fondaco.sources.database.mapping import load_mapping, preset_names
from fondaco.sources.database.streams import STREAMS

Write = Callable[..., str]


def test_the_preset_reads_every_stream_on_both_engines() -> None:
    assert preset_names() == ["laravel"]
    for engine in ("postgresql", "mysql"):
        assert load_mapping("laravel", engine).streams.keys() == {stream.name for stream in STREAMS}


def test_an_own_mapping_changes_what_it_names_and_keeps_the_rest(write_mapping: Write) -> None:
    path = write_mapping(
        "extends: laravel\n"
        "database: {money: minor, time_zone: Europe/Berlin}\n"
        "streams:\n"
        "  refunds: null\n"
        "  orders:\n"
        "    table: shop.bestellungen\n"
        "    columns:\n"
        "      email: kunden_email\n"
        "      discount: {expression: rabatt + gutschein, money: decimal}\n"
    )
    mapping = load_mapping(path, "postgresql")
    orders = mapping.streams["orders"]
    columns = {column.name: column for column in orders.columns}
    assert "refunds" not in mapping.streams
    assert orders.tables == ("shop.bestellungen",)
    assert columns["email"].columns == ("kunden_email",)
    assert columns["email"].optional is False
    assert (columns["discount"].expression, columns["discount"].minor) == ("rabatt + gutschein", False)
    assert columns["total"].minor is True
    assert columns["ordered_at"].time_zone == "Europe/Berlin"
    assert columns["order_status"].words is not None
    assert orders.changed_at is not None
    assert orders.changed_at.columns == ("updated_at",)


def test_a_mapping_extends_one_beside_it(write_mapping: Write) -> None:
    write_mapping("extends: laravel\nstreams:\n  orders: {table: auftraege}\n", "base.yml")
    path = write_mapping("extends: ./base.yml\nstreams:\n  customers: null\n")
    mapping = load_mapping(path, "mysql")
    assert mapping.streams["orders"].tables == ("auftraege",)
    assert "customers" not in mapping.streams


def test_a_query_takes_the_place_of_a_table(write_mapping: Write) -> None:
    path = write_mapping(
        "extends: laravel\n"
        "streams:\n"
        "  stock_levels:\n"
        "    query: select 'main' as place, id, stock from product_variants;\n"
        "    key: [place, id]\n"
        "    columns: {on_hand: stock}\n"
    )
    stock = load_mapping(path, "mysql").streams["stock_levels"]
    assert stock.query == "select 'main' as place, id, stock from product_variants"
    assert stock.tables == ()


ORDERS = "streams:\n  orders:\n    table: orders\n    changed_at: updated_at\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("streams:\n  ordres: {table: orders}\n", r"shop\.yml, line 2: streams knows no 'ordres'"),
        ("streams:\n  orders:\n    tabel: orders\n", r"line 3: orders knows no 'tabel'"),
        ("streams:\n  orders: {key: id}\n", r"line 2: orders needs `table` or `query`"),
        (ORDERS + "    columns:\n      totl: total\n", r"line 6: columns knows no 'totl'"),
        (ORDERS + "    columns:\n      total: 'total; drop table x'\n", r"line 6: 'total; drop table x' is no name"),
        (ORDERS + "    columns:\n      total: 'a\"b'\n", r"line 6: .* is no name"),
        (ORDERS + "    columns:\n      total: {expression: '1; drop table x'}\n", r"line 6: "),
        (ORDERS + "    columns:\n      total: {expression: '1) from x --'}\n", r"line 6: "),
        (ORDERS + "    columns:\n      total: {expression: '(select 1)'}\n", r"line 6: .*asks a question of its own"),
        (ORDERS + "    columns:\n      total: {column: a, expression: b}\n", r"line 6: total needs one of"),
        (ORDERS + "    columns:\n      total: {column: total, money: pennies}\n", r"line 6: money is 'pennies'"),
        (ORDERS + "    columns:\n      city: address.city\n", r"line 6: 'address\.city' names no join"),
        (ORDERS + "    time_zone: Mars/Olympus\n", r"'Mars/Olympus' is not a time zone"),
        (ORDERS + "    where: a = 1; delete from b\n", r"line 5: this is no SQL that Fondaco understands"),
        ("streams:\n  stock_levels:\n    table: stock\n", r"stock_levels are told apart by 2 columns"),
        ("streams:\n  orders:\n    query: delete from orders returning *\n", r"line 3: the query is no SELECT"),
        (
            "streams:\n  orders:\n    query: with gone as (delete from orders returning *) select * from gone\n",
            r"line 3: DELETE changes data",
        ),
        ("streams:\n  orders:\n    query: select * into copy from orders\n", r"line 3: INTO changes data"),
        ("streams:\n  orders:\n    query: select 1; select 2\n", r"line 3: there are 2 statements"),
        ("streams:\n  orders: [a]\n", r"line 2: orders is \['a'\], not a table of keys"),
        ("streams:\n  orders: {table: a}\n  orders: {table: b}\n", r"line 3: 'orders' is there twice"),
        ("streams: {orders: {table: 'a}\n", r"shop\.yml, line \d+ is no YAML"),
        ("a: &x [*x]\n", r"has an alias"),
        ("- a\n", r"holds no mapping"),
        ("streams: {}\n", r"reads nothing"),
        ("extends: 7\n", r"line 1: `extends` must name another mapping"),
        ("extends: magento1\n", r"There is no mapping 'magento1'"),
        ("extends: ./shop.yml\n", r"`extends` must name another mapping"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_line(write_mapping: Write, text: str, told: str) -> None:
    with pytest.raises(ConfigError, match=told) as caught:
        load_mapping(write_mapping(text), "postgresql")
    assert len(str(caught.value).splitlines()) == 2


def test_a_mistake_in_an_own_mapping_is_not_blamed_on_the_one_below(write_mapping: Write) -> None:
    path = write_mapping("extends: laravel\nstreams:\n  orders:\n    columns:\n      total: 'no name'\n")
    with pytest.raises(ConfigError, match=r"shop\.yml, line 5"):
        load_mapping(path, "postgresql")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"cannot be read \(FileNotFoundError\)"):
        load_mapping(str(tmp_path / "none.yml"), "mysql")
