"""A segment is said in one sentence."""

from __future__ import annotations

from typing import Any

import pytest

from fondaco.activation import describe, parse_definition


def attribute(name: str, operator: str, *values: Any, **rest: Any) -> dict[str, Any]:
    return {"kind": "attribute", "attribute": name, "operator": operator, "values": list(values), **rest}


def happened(event: str, **rest: Any) -> dict[str, Any]:
    return {"kind": "event", "event": event, **rest}


NOT = {"not": True}
LAST_90 = {"kind": "last_days", "days": 90}


@pytest.mark.parametrize(
    ("rules", "sentence"),
    [
        ([], "All customers."),
        ([attribute("country", "is", "DE", "AT", "FR")], "Customers whose country is Germany, AT or FR."),
        ([attribute("orders", "at_least", 3)], "Customers whose orders are at least 3."),
        ([attribute("orders", "at_least", 3, **NOT)], "Customers whose orders are not at least 3."),
        ([attribute("city", "contains", "x")], "Customers whose city contains “x”."),
        ([attribute("last_order_date", "in_last_days", 30, **NOT)], "Customers whose last order is not in the last 30 days."),
        ([attribute("churn_probability", "between", "0.6", 1)], "Customers whose probability of not buying is between 60 % and 100 %."),
        ([attribute("segment", "known")], "Customers whose RFM segment is known."),
        ([attribute("has_email", "is_true")], "Customers who have an e-mail address."),
        ([attribute("accepts_marketing", "is_true", **NOT)], "Customers who do not accept marketing, or of whom it is not known."),
        ([happened("ordered")], "Customers who ordered at least once."),
        ([happened("ordered", **NOT)], "Customers who never ordered."),
        ([happened("ordered", operator="never", period=LAST_90)], "Customers who never ordered in the last 90 days."),
        (
            [happened("bought", product={"value": "scarf"}, shops=["aurora"], value=2)],
            "Customers who bought a product whose title contains “scarf” in Maison Aurora at least 2 times.",
        ),
        (
            [happened("ordered", measure="amount", value=200, channels=["web"], countries=["DE"], **NOT)],
            "Customers who ordered by web from Germany with less than 200 of net sales of these orders.",
        ),
        (
            [happened("used_discount", code="vip", period={"kind": "between", "first": "2026-01-01", "last": "2026-02-01"})],
            "Customers who used the discount code “VIP” at least once from 2026-01-01 to 2026-02-01.",
        ),
        (
            [attribute("email_domain", "is", "@example.com"), attribute("phone", "starts_with", "0049", **NOT)],
            "Customers whose e-mail domain is example.com, and whose telephone number does not begin with +49.",
        ),
        (
            [happened("bought", product={"by": "product_id", "value": "p1"})],
            "Customers who bought the product “Blue scarf” (p1) at least once.",
        ),
        (
            [happened("bought", product={"by": "collection", "value": "Home > Rugs"})],
            "Customers who bought a product of the collection “Home > Rugs” at least once.",
        ),
        (
            [happened("bought", product={"by": "sku", "value": "S1"}), happened("returned", product={"by": "sku", "value": "S2"})],
            "Customers who bought a product whose SKU is “S1” (Blue scarf) at least once,"
            " and who returned a product whose SKU is “S2” at least once.",
        ),
        (
            [
                attribute("shops", "is", 1),
                {"kind": "group", "match": "any", "not": True, "rules": [happened("returned"), attribute("orders", "is", 0)]},
            ],
            "Customers whose shops bought in are exactly 1, and who are not those (who returned something at least once,"
            " or whose orders are exactly 0).",
        ),
    ],
)  # fmt: skip
def test_a_segment_reads_as_a_sentence(rules: list[dict[str, Any]], sentence: str) -> None:
    names = {
        "shop": {"aurora": "Maison Aurora"},
        "country": {"DE": "Germany"},
        "product_id": {"p1": "Blue scarf"},
        "sku": {"S1": "Blue scarf"},
    }
    assert describe(parse_definition({"root": {"kind": "group", "rules": rules}}), names=names) == sentence


def test_a_root_that_is_turned_round_says_so() -> None:
    root = {
        "kind": "group",
        "match": "any",
        "not": True,
        "rules": [attribute("country", "is", "DE"), happened("ordered")],
    }
    assert (
        describe(parse_definition({"root": root}))
        == "All customers but those whose country is DE, or who ordered at least once."
    )
    assert describe(parse_definition({"root": {"kind": "group", "match": "any"}})) == "No customers."


def test_a_sentence_for_those_who_may_not_see_persons_says_what_is_asked_and_not_for_whom() -> None:
    rules = [
        attribute("email", "contains", "ada", "abel"),
        attribute("phone", "known"),
        attribute("country", "is", "DE"),
        {"kind": "group", "match": "any", "rules": [attribute("last_name", "is", "Abel", **NOT), happened("ordered")]},
    ]  # fmt: skip
    definition = parse_definition({"root": {"kind": "group", "rules": rules}})
    assert describe(definition, hides_persons=True) == (
        "Customers whose e-mail address contains •••, and whose telephone number is known, and whose country is DE,"
        " and who are those (whose last name is not •••, or who ordered at least once)."
    )
