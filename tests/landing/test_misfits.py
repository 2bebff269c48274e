"""Which objects are looked at more closely: every one that holds another kind than declared, whatever else it holds."""

from __future__ import annotations

import json
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.landing.plan import Objects, json_path, literal
from fondaco.sources.stream import ColumnType

WANTED = {
    "$.customer.id": ColumnType.TEXT,
    "$.price.shop.amount": ColumnType.DECIMAL,
    "$.price.shop.currency": ColumnType.TEXT,
    "$.price.paid.amount": ColumnType.DECIMAL,
    "$.größe.wert": ColumnType.TEXT,
    "$.meta": ColumnType.JSON,
    "$.meta.gift.note": ColumnType.TEXT,
}
OBJECTS = ("customer", "price", "price.shop", "price.paid", "größe", "meta", "meta.gift")
anything = st.sampled_from([None, 3, "3", True, [], [{}], {}, {"id": "x"}, {"amount": "1"}, {"shop": None}])
money = st.fixed_dictionaries({}, optional={"amount": st.sampled_from([None, "1.10", 3])}) | anything
objects = st.fixed_dictionaries(
    {},
    optional={
        "customer": anything,
        "price": st.fixed_dictionaries({}, optional={"shop": money, "paid": money}) | anything,
        "größe": st.fixed_dictionaries({}, optional={"wert": st.sampled_from(["", "ö"])}) | anything,
        "meta": st.fixed_dictionaries({}, optional={"gift": anything}) | anything,
        "lines": st.lists(st.just({}), max_size=2) | anything,
        "note": st.sampled_from(['"customer":', "price"]),
    },
)


def reader() -> Objects:
    wanted = Objects("o", "s")
    for path, kind in WANTED.items():
        wanted.want(path, kind)
    wanted.want_elements("$.lines")
    return wanted


def misfits(value: dict[str, Any]) -> bool:
    """The definition: something declared to hold fields holds none, or a list is none, and it is not null."""

    def at(path: str) -> Any:
        found: Any = value
        for part in path.split("."):
            found = found.get(part) if isinstance(found, dict) else None
        return found

    return any(not isinstance(at(path), dict | None) for path in OBJECTS) or not isinstance(
        at("lines"), list | None
    )


@pytest.fixture(scope="module")
def engine() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


@given(value=objects, escaped=st.booleans())
def test_no_object_that_holds_another_kind_than_declared_is_passed_over(
    engine: duckdb.DuckDBPyConnection, value: dict[str, Any], escaped: bool
) -> None:
    text = json.dumps(value, ensure_ascii=False)
    if escaped:
        text = text.replace('"customer"', '"c\\u0075stomer"').replace('"shop"', '"\\u0073hop"')
    wanted = reader()
    inner = wanted.inner()
    paths = ", ".join(literal(json_path(path)) for path, _ in inner)
    ((may_misfit, kinds),) = engine.execute(
        f"select {wanted.may_misfit(value.keys())}, json_type(o, [{paths}])"
        f" from (select *, {wanted.parse} from (select $1::json as o))",
        [text],
    ).fetchall()
    misfit = any(found not in (None, "NULL", kind) for found, (_, kind) in zip(kinds, inner, strict=True))
    assert misfit == misfits(value)
    assert may_misfit or not misfit


def test_an_object_that_is_as_declared_is_not_looked_at_twice(engine: duckdb.DuckDBPyConnection) -> None:
    whole = {"customer": {"id": "1"}, "price": {"shop": {"amount": "1", "currency": "EUR"}}, "lines": []}
    wanted = reader()
    ((may_misfit,),) = engine.execute(
        f"select {wanted.may_misfit(whole.keys())} from (select *, {wanted.parse} from (select $1::json as o))",
        [json.dumps(whole)],
    ).fetchall()
    assert may_misfit is False
