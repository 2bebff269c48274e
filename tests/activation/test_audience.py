"""What an audience says of published states, on every engine."""

from __future__ import annotations

from typing import Any

import pytest
from tests.activation.conftest import TENANT, TODAY, line, order, person, publish

from fondaco.activation import Audience, Suggestion, parse_definition
from fondaco.activation.attributes import ATTRIBUTES
from fondaco.errors import ConfigError
from fondaco.metrics import customers
from fondaco.metrics.customers import Among, Wanted
from fondaco.warehouse import Warehouse

CHAMPIONS = parse_definition(
    {
        "root": {
            "kind": "group",
            "rules": [
                {"kind": "attribute", "attribute": "segment", "operator": "is", "values": ["Champions"]}
            ],
        }
    }
)
EVERYONE = parse_definition({"root": {"kind": "group"}})


def test_scores_that_are_not_published_are_missed_only_where_they_are_asked_for(
    empty_warehouse: Warehouse,
) -> None:
    """First a state without their table, then one where it is empty, then one with a score."""
    people = {"customers": [person("a"), person("b")]}
    audience = Audience(empty_warehouse.reader(), TENANT, TODAY)
    for scores in (False, True):
        publish(empty_warehouse, people, scores=scores)
        assert (audience.has_scores, audience.count(EVERYONE), audience.total()) == (False, 2, 2)
        assert audience.suggestions("attribute:segment") == []
        for asked in (
            lambda: audience.count(CHAMPIONS),
            lambda: audience.preview(CHAMPIONS, ["person_id"]),
            lambda: audience.members(EVERYONE, ["person_id", "churn_probability"]),
        ):
            with pytest.raises(ConfigError) as refused:
                asked()
            assert "`fondaco run`" in refused.value.remedy
    publish(empty_warehouse, {**people, "customer_scores": [{"person_id": "a", "segment": "Champions"}]})
    assert (audience.has_scores, audience.count(CHAMPIONS)) == (True, 1)
    assert audience.suggestions("attribute:segment") == [Suggestion("Champions", 1)]


def test_who_is_in_a_segment_can_be_asked_within_another_question(empty_warehouse: Warehouse) -> None:
    """The list of customers asks so: its own parameters and those of the segment do not meet."""
    people = [
        person("a", net_sales=10, first_name="Ada"),
        person("b", net_sales=30, first_name="Bo"),
        person("c", net_sales=20),
    ]
    orders = [order("1", "a", "2026-03-01"), order("2", "b", "2026-03-02")]
    publish(empty_warehouse, {"customers": people, "orders": orders})
    bought = {
        "kind": "event",
        "event": "ordered",
        "operator": "at_least",
        "value": 1,
        "period": {"kind": "ever"},
    }
    reader = empty_warehouse.reader()
    sql, params = Audience(reader, TENANT, TODAY).persons(
        parse_definition({"root": {"kind": "group", "rules": [bought]}})
    )
    among = Among(sql, tuple(params.items()))

    def listed(**wanted: Any) -> tuple[list[str], int]:
        rows, count = customers.listed(reader, TENANT, Wanted(sort="net_sales", among=among, **wanted))
        return [row["person_id"] for row in rows], count

    assert listed() == (["b", "a"], 2)
    assert listed(after=1) == (["a"], 2)
    assert listed(text="ada") == (["a"], 1)
    ids = customers.ids(reader, TENANT, Wanted(sort="net_sales", among=among, after=1)).to_pylist()
    assert ids == ["b", "a"]
    rows = customers.these(reader, TENANT, [*ids, "c", "gone"])
    assert [row["person_id"] for row in rows] == ["b", "a", "c"]
    assert customers.these(reader, TENANT, []) == []


def test_values_are_suggested_with_the_most_frequent_first(empty_warehouse: Warehouse) -> None:
    rows = {
        "customers": [
            person("a", city="Graz"),
            person("b", city="Wien"),
            person("c", city="Wien"),
            person("d"),
        ],
        "orders": [order("1", "a", "2026-03-01"), order("2", "a", "2026-03-02", channel="pos", country="AT")],
        "sales_ledger": [
            line("1", "a", "2026-03-01", line_title="Rug", sku="S1", product_id="p1"),
            line("1", "a", "2026-03-01", line_type="tip", line_title="Tip"),
        ],
        "product_collections": [
            {"product_id": "p1", "collection_id": "aurora:1", "collection_title": title}
            for title in ("Home", "Home > Rugs")
        ],
        "order_discounts": [{"order_id": "1", "code": "VIP"}, {"order_id": "2", "code": None}],
    }
    publish(empty_warehouse, rows)
    audience = Audience(empty_warehouse.reader(), TENANT, TODAY)
    asked = (
        "attribute:city",
        "shop",
        "channel",
        "order_country",
        "title",
        "sku",
        "product_id",
        "collection",
        "code",
    )
    assert {name: [(s.value, s.people) for s in audience.suggestions(name)] for name in asked} == {
        "attribute:city": [("Wien", 2), ("Graz", 1)],
        "shop": [("aurora", 1)],
        "channel": [("pos", 1), ("web", 1)],
        "order_country": [("AT", 1), ("DE", 1)],
        "title": [("Rug", 1)],
        "sku": [("S1", 1)],
        "product_id": [("p1", 1)],
        "collection": [("Home", 1), ("Home > Rugs", 1)],
        "code": [("VIP", 1)],
    }
    with pytest.raises(ConfigError, match="no attribute 'shoe'"):
        audience.suggestions("shoe")


def test_products_that_are_chosen_by_id_or_sku_are_called_by_their_newest_title(
    empty_warehouse: Warehouse,
) -> None:
    lines = [
        line("1", "a", "2026-03-01", line_title="Zigzag rug", sku="S1", product_id="p1"),
        line("2", "b", "2026-03-02", line_title="Rug", sku="S1", product_id="p1"),
        line("3", "b", "2026-03-03", sku="S2", product_id="p2"),
    ]
    publish(empty_warehouse, {"customers": [person("a"), person("b")], "sales_ledger": lines})
    audience = Audience(empty_warehouse.reader(), TENANT, TODAY)
    assert audience.suggestions("product_id") == [Suggestion("p1", 2, "Rug"), Suggestion("p2", 1)]
    assert audience.suggestions("sku")[0] == Suggestion("S1", 2, "Rug")
    chosen = [
        ("product_id", "p1"),
        ("product_id", "p2"),
        ("product_id", "gone"),
        ("sku", "S1"),
        ("title", "rug"),
    ]
    rules = [{"kind": "event", "event": "bought", "product": {"by": by, "value": v}} for by, v in chosen]
    definition = parse_definition({"root": {"kind": "group", "rules": rules}})
    assert audience.titles(definition) == {"product_id": {"p1": "Rug"}, "sku": {"S1": "Rug"}}
    assert audience.titles(EVERYONE) == {}


def test_of_what_reaches_a_person_only_domains_are_suggested(empty_warehouse: Warehouse) -> None:
    crowd = [
        person("a", email="Ada@Example.com", phone="+49 30 1", first_name="Ada", last_name="Abel"),
        person("b", email="berta@example.com"),
        person("c", email="no address"),
    ]
    publish(empty_warehouse, {"customers": crowd})
    audience = Audience(empty_warehouse.reader(), TENANT, TODAY)
    found = {
        each.name: audience.suggestions(f"attribute:{each.name}") for each in ATTRIBUTES if each.personal
    }
    assert found.pop("email_domain") == [Suggestion("example.com", 2)]
    assert found == {"email": [], "first_name": [], "last_name": [], "phone": []}
