"""The SQL of a segment means what its definition says, on every engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from tests.activation.conftest import MARTS, TENANT, TODAY, insert, line, order, person, publish
from tests.activation.interpreter import members as interpreted
from tests.activation.strategies import definitions, some_rows

from fondaco.activation import Audience, Definition, parse_definition
from fondaco.activation.attributes import ATTRIBUTES, columns
from fondaco.activation.compiler import count_query, members_query
from fondaco.activation.operators import OPERATORS
from fondaco.warehouse import Warehouse

Rows = Mapping[str, Sequence[Mapping[str, Any]]]
a_law = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


class Marts:
    """Marts in memory that hold the rows of one example."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, rows: Rows) -> None:
        self._connection = connection
        for mart in (*MARTS, "customer_scores"):
            connection.execute(f"delete from marts.{mart}")
        insert(connection, rows)

    def members(self, definition: Definition) -> list[str]:
        sql, params = members_query(definition, columns(("person_id",)), TENANT, TODAY)
        return [row[0] for row in self._connection.execute(sql, params).fetchall()]

    def count(self, definition: Definition) -> int:
        sql, params = count_query(definition, TENANT, TODAY)
        return int(self._connection.execute(sql, params).fetchall()[0][0])


def both(match: str, *parts: Definition) -> Definition:
    return parse_definition(
        {"root": {"kind": "group", "match": match, "rules": [part.document()["root"] for part in parts]}}
    )


def opposite(definition: Definition) -> Definition:
    root = definition.document()["root"]
    return parse_definition({"root": {**root, "not": not root["not"]}})


@pytest.mark.slow
@a_law
@given(rows=some_rows(), definition=definitions)
def test_the_sql_takes_whom_a_plain_reading_of_the_definition_takes(
    segment_marts: duckdb.DuckDBPyConnection, rows: Rows, definition: Definition
) -> None:
    found = Marts(segment_marts, rows).members(definition)
    assert found == sorted(interpreted(definition, rows, TODAY))


@pytest.mark.slow
@a_law
@given(rows=some_rows(), definition=definitions)
def test_a_segment_and_its_opposite_part_all_customers(
    segment_marts: duckdb.DuckDBPyConnection, rows: Rows, definition: Definition
) -> None:
    marts = Marts(segment_marts, rows)
    inside, outside = marts.members(definition), marts.members(opposite(definition))
    assert sorted(inside + outside) == [row["person_id"] for row in rows["customers"]]
    assert marts.count(definition) == len(inside)


@pytest.mark.slow
@a_law
@given(rows=some_rows(), one=definitions, two=definitions)
def test_and_is_the_intersection_and_or_the_union(
    segment_marts: duckdb.DuckDBPyConnection, rows: Rows, one: Definition, two: Definition
) -> None:
    marts = Marts(segment_marts, rows)
    left, right = set(marts.members(one)), set(marts.members(two))
    assert set(marts.members(both("all", one, two))) == left & right
    assert set(marts.members(both("any", one, two))) == left | right


@settings(max_examples=40, deadline=None)
@given(definition=definitions)
def test_a_definition_comes_back_from_its_document_as_it_was(definition: Definition) -> None:
    assert parse_definition(definition.document()) == definition


ROWS: dict[str, list[dict[str, Any]]] = {
    "customers": [
        person("a", country="DE", city="Köln", email="Ada@Mail.example.com", first_name="Ada", last_name="Abel",
               phone="0049 (0)30/1234", accepts_marketing=True, orders=2, net_sales=120,
               first_order_date=date(2026, 1, 5), last_order_date=date(2026, 3, 2), first_channel="web"),
        person("b", country="AT", city="KÖLN-SÜD", phone="+43 1-99", first_name="Adam", last_name="von Abel", orders=1, net_sales=40,
               first_order_date=date(2026, 3, 31), last_order_date=date(2026, 3, 31), first_connection_id="brick"),
        person("c", accepts_marketing=False, email="no address", phone="030 1234"),
    ],
    "customer_scores": [
        {"person_id": "a", "segment": "Champions", "recency_score": 5, "churn_probability": 0.6, "expected_value": 80},
        {"person_id": "b", "segment": "At Risk", "previous_segment": "Champions", "alive_probability": 0.25},
    ],
    "orders": [
        order("1", "a", "2026-01-05", net_sales=70),
        order("2", "a", "2026-03-02", net_sales=50, connection_id="brick"),
        order("3", "b", "2026-03-31", net_sales=40, country="AT", channel="pos"),
        order("4", "c", "2026-03-30", order_sequence=None, net_sales=-9),
    ],
    "sales_ledger": [
        line("1", "a", "2026-01-05", line_title="Blue scarf, 100%", sku="S1", product_id="p1", net_sales=70),
        line("2", "a", "2026-03-02", line_title="Rug", sku="S2", product_id="p2", net_sales=50),
        line("2", "a", "2026-03-09", line_title="Rug", sku="S2", product_id="p2", units_sold=0, units_returned=1,
             net_sales=-20, returns=20),
    ],
    "product_collections": [
        {"product_id": product, "collection_id": f"aurora:{title}", "collection_title": title}
        for product, title in (("p1", "Wear"), ("p2", "Home"), ("p2", "Sale"))
    ],
    "order_discounts": [{"order_id": "3", "code": "VIP", "amount": 5, "order_date": "2026-03-31"}],
}  # fmt: skip


DAYS = ("order_date", "event_date")
READ = {
    mart: [
        {name: date.fromisoformat(v) if name in DAYS and isinstance(v, str) else v for name, v in row.items()}
        for row in rows
    ]
    for mart, rows in ROWS.items()
}
"""The same rows with days as days."""


def attribute(name: str, operator: str, *values: Any, **rest: Any) -> dict[str, Any]:
    return {"kind": "attribute", "attribute": name, "operator": operator, "values": list(values), **rest}


def happened(event: str, **rest: Any) -> dict[str, Any]:
    return {"kind": "event", "event": event, **rest}


LAST_30 = {"kind": "last_days", "days": 30}
CASES: list[tuple[dict[str, Any], str]] = [
    (attribute("city", "is", "köln"), "a"),
    (attribute("city", "is", "köln", **{"not": True}), "bc"),
    (attribute("city", "contains", "ÖLN"), "ab"),
    (attribute("city", "ends_with", "süd"), "b"),
    (attribute("city", "starts_with", "k"), "ab"),
    (attribute("country", "is", "DE", "AT"), "ab"),
    (attribute("country", "is", "de"), ""),
    (attribute("country", "known", **{"not": True}), "c"),
    (attribute("accepts_marketing", "is_true"), "a"),
    (attribute("accepts_marketing", "is_true", **{"not": True}), "bc"),
    (attribute("accepts_marketing", "is_false"), "c"),
    (attribute("has_email", "is_false"), "b"),
    (attribute("has_email", "known"), "abc"),
    (attribute("email", "is", "ADA@mail.EXAMPLE.com"), "a"),
    (attribute("email", "contains", "@mail.", "dress"), "ac"),
    (attribute("email", "contains", "@mail.", **{"not": True}), "bc"),
    (attribute("email_domain", "is", "mail.example.com"), "a"),
    (attribute("email_domain", "is", "@Mail.Example.com", "gmail.com"), "a"),
    (attribute("email_domain", "is", "example.com"), ""),
    (attribute("email_domain", "ends_with", ".example.com"), "a"),
    (attribute("email_domain", "known"), "a"),
    (attribute("first_name", "is", "ada"), "a"),
    (attribute("first_name", "contains", "ADA"), "ab"),
    (attribute("last_name", "ends_with", "abel"), "ab"),
    (attribute("last_name", "known", **{"not": True}), "c"),
    (attribute("has_phone", "is_true"), "abc"),
    (attribute("phone", "starts_with", "+49"), "a"),
    (attribute("phone", "starts_with", "0049 30", "+43 (0)1"), "ab"),
    (attribute("phone", "starts_with", "030"), "c"),
    (attribute("phone", "starts_with", "+49", **{"not": True}), "bc"),
    (attribute("phone", "is", "+49301234"), "a"),
    (attribute("average_order_value", "between", "40", "60"), "ab"),
    (attribute("days_since_last_order", "is", 0), "b"),
    (attribute("last_order_date", "in_last_days", 30), "ab"),
    (attribute("last_order_date", "in_last_days", 29), "b"),
    (attribute("last_order_date", "before_last_days", 29), "a"),
    (attribute("first_order_date", "between", "2026-01-05", "2026-01-05"), "a"),
    (attribute("churn_probability", "at_least", 0.6), "a"),
    (attribute("churn_probability", "less_than", 0.6, **{"not": True}), "abc"),
    (attribute("value_at_risk", "between", "48", "48"), "a"),
    (attribute("segment", "is", "Champions"), "a"),
    (happened("ordered"), "ab"),
    (happened("ordered", value=2), "a"),
    (happened("ordered", operator="at_most", value=1), "bc"),
    (happened("ordered", operator="never", period=LAST_30), "c"),
    (happened("ordered", operator="exactly", value=1, period=LAST_30), "ab"),
    (happened("ordered", shops=["brick"]), "a"),
    (happened("ordered", channels=["pos"], countries=["AT", "DE"]), "b"),
    (happened("ordered", measure="amount", value=120), "a"),
    (happened("bought", product={"by": "title", "value": "00%"}), "a"),
    (happened("bought", product={"by": "sku", "value": "S2"}, measure="amount", operator="exactly", value=30), "a"),
    (happened("bought", product={"by": "product_id", "value": "p3"}), ""),
    (happened("bought", product={"by": "collection", "value": "Sale"}, measure="amount", operator="exactly", value=30), "a"),
    (happened("bought", product={"by": "collection", "value": "sale"}), ""),
    (happened("returned", period={"kind": "between", "first": "2026-03-09", "last": "2026-03-09"}), "a"),
    (happened("returned", measure="amount", operator="at_least", value=20), "a"),
    (happened("used_discount", code="vip"), "b"),
    (happened("used_discount", operator="never"), "ac"),
]  # fmt: skip


def test_each_engine_takes_the_same_customers(empty_warehouse: Warehouse) -> None:
    """Every operator of every kind, every event and filter, against sets worked out by hand; then every attribute."""
    publish(empty_warehouse, ROWS)
    audience = Audience(empty_warehouse.reader(), TENANT, TODAY)
    wrong = []
    for rule, expected in CASES:
        definition = parse_definition({"root": {"kind": "group", "rules": [rule]}})
        found = "".join(audience.members(definition, ["person_id"]).column("person_id").to_pylist())
        if (found, audience.count(definition)) != (expected, len(expected)):
            wrong.append((rule, expected, found))
    assert wrong == []
    values = {
        "text": ["x"],
        "choice": ["x"],
        "date": ["2026-01-01"],
        "bool": [],
        "number": [1],
        "money": [1],
        "share": [1],
        "domain": ["x.example"],
        "phone": ["+4"],
    }
    known = [
        attribute(
            about.name,
            how.name,
            *({"nothing": [], "two": values[about.kind] * 2, "days": [9]}.get(how.takes, values[about.kind])),
        )
        for about in ATTRIBUTES
        for how in OPERATORS[about.kind]
    ]
    for start in range(0, len(known), 90):
        definition = parse_definition(
            {"root": {"kind": "group", "match": "any", "rules": known[start : start + 90]}}
        )
        found = audience.members(definition, ["person_id"]).column("person_id").to_pylist()
        assert found == sorted(interpreted(definition, READ, TODAY))


@pytest.mark.parametrize(
    ("rule", "taken"),
    [
        (attribute("last_order_date", "in_last_days", 90), True),
        (attribute("days_since_last_order", "at_most", 0), True),
        (attribute("days_since_last_order", "at_least", 0), True),
        (happened("ordered", period=LAST_30), True),
        (happened("ordered", operator="never", period=LAST_30), False),
    ],
)
def test_who_bought_today_where_it_is_tomorrow_already_has_bought_lately(
    segment_marts: duckdb.DuckDBPyConnection, rule: dict[str, Any], taken: bool
) -> None:
    """A shop in Tokyo has begun its next day while the project's, in UTC, still has hours to go."""
    tomorrow = TODAY + timedelta(1)
    buyer = person("t", orders=1, first_order_date=tomorrow, last_order_date=tomorrow)
    rows = {"customers": [buyer], "orders": [order("1", "t", tomorrow.isoformat())]}
    definition = parse_definition({"root": {"kind": "group", "rules": [rule]}})
    assert Marts(segment_marts, rows).members(definition) == (["t"] if taken else [])


def test_a_preview_counts_all_and_shows_the_ten_largest(empty_warehouse: Warehouse) -> None:
    crowd = [person(f"p{n:02}", country="DE", net_sales=n % 7) for n in range(12)]
    publish(empty_warehouse, {"customers": crowd})
    audience = Audience(empty_warehouse.reader(), TENANT, TODAY)
    everyone = parse_definition({"root": {"kind": "group"}})
    people, table = audience.preview(everyone, ["person_id", "net_sales"])
    assert people == 12
    largest = ["p06", "p05", "p04", "p11", "p03", "p10", "p02", "p09", "p01", "p08"]
    assert table.column("person_id").to_pylist() == largest
    nobody = parse_definition({"root": {"kind": "group", "match": "any"}})
    assert audience.preview(nobody, ["person_id"])[0] == audience.count(nobody) == 0


def test_nobody_of_another_tenant_is_counted(segment_marts: duckdb.DuckDBPyConnection) -> None:
    stranger = {"tenant_id": "other", "person_id": "a", "order_id": "9"}
    rows = {**ROWS, "customers": [*ROWS["customers"], {**person("z", country="DE"), "tenant_id": "other"}]}
    rows["orders"] = [*ROWS["orders"], {**order("9", "c", "2026-03-01"), **stranger, "person_id": "c"}]
    marts = Marts(segment_marts, rows)
    assert marts.count(parse_definition({"root": {"kind": "group"}})) == 3
    assert marts.members(parse_definition({"root": {"kind": "group", "rules": [happened("ordered")]}})) == [
        "a",
        "b",
    ]


@pytest.mark.parametrize("text", ["'; drop table marts.customers; --", "%", "$p0", '"', "\\"])
def test_a_value_never_becomes_sql(segment_marts: duckdb.DuckDBPyConnection, text: str) -> None:
    definition = parse_definition({"root": {"kind": "group", "rules": [attribute("city", "contains", text)]}})
    sql, params = count_query(definition, TENANT, TODAY)
    assert text not in sql.replace("$p0", "") and text in params.values()
    assert Marts(segment_marts, ROWS).count(definition) == 0
