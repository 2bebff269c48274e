"""What an audience says of published states, on every engine."""

from __future__ import annotations

import pytest
from tests.activation.conftest import TENANT, TODAY, line, order, person, publish

from fondaco.activation import Audience, Suggestion, parse_definition
from fondaco.errors import ConfigError
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
        "order_discounts": [{"order_id": "1", "code": "VIP"}, {"order_id": "2", "code": None}],
    }
    publish(empty_warehouse, rows)
    audience = Audience(empty_warehouse.reader(), TENANT, TODAY)
    asked = ("attribute:city", "shop", "channel", "order_country", "title", "sku", "product_id", "code")
    assert {name: [(s.value, s.people) for s in audience.suggestions(name)] for name in asked} == {
        "attribute:city": [("Wien", 2), ("Graz", 1)],
        "shop": [("aurora", 1)],
        "channel": [("pos", 1), ("web", 1)],
        "order_country": [("AT", 1), ("DE", 1)],
        "title": [("Rug", 1)],
        "sku": [("S1", 1)],
        "product_id": [("p1", 1)],
        "code": [("VIP", 1)],
    }
    with pytest.raises(ConfigError, match="no attribute 'shoe'"):
        audience.suggestions("shoe")
