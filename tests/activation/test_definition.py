"""What a definition may be, and what is said of one that is not right."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker
from tests.activation.strategies import definitions

from fondaco.activation import parse_definition
from fondaco.activation.definition import Comparison, Definition
from fondaco.errors import ConfigError


def of(*rules: dict[str, Any]) -> dict[str, Any]:
    return {"version": 1, "root": {"kind": "group", "match": "all", "rules": list(rules)}}


def attribute(name: str, operator: str, *values: Any) -> dict[str, Any]:
    return {"kind": "attribute", "attribute": name, "operator": operator, "values": list(values)}


@pytest.mark.parametrize(
    ("rule", "values"),
    [
        (attribute("net_sales", "between", "10.50", 20), (Decimal("10.5"), Decimal(20))),
        (attribute("orders", "at_least", 1e3), (Decimal(1000),)),
        (attribute("last_order_date", "on_or_after", "2026-03-01"), (date(2026, 3, 1),)),
        (attribute("last_order_date", "in_last_days", "30"), (Decimal(30),)),
        (attribute("city", "is", " Berlin ", "Berlin"), ("Berlin",)),
        (attribute("country", "is", "2026"), ("2026",)),
        (attribute("email_domain", "is", "@example.com", "ada@example.com"), ("example.com",)),
        (attribute("phone", "starts_with", "0049 (0)30", "+49 30", "030"), ("+4930", "030")),
    ],
)
def test_values_are_read_as_the_attribute_has_them(rule: dict[str, Any], values: tuple[Any, ...]) -> None:
    (found,) = parse_definition(of(rule)).root.rules
    assert isinstance(found, Comparison)
    assert found.values == values


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (of(attribute("shoe_size", "is", 42)), "There is no attribute 'shoe_size'"),
        (of(attribute("person_id", "is", "p1")), "There is no attribute 'person_id'"),
        (of(attribute("email_domain", "is", "@")), "write 1 to 200 letters"),
        (of(attribute("phone", "starts_with", "a@example.com")), "write a telephone number or its beginning"),
        (of(attribute("phone", "starts_with", "+")), "write a telephone number or its beginning"),
        (of(attribute("phone", "contains", "49")), "no operator 'contains'"),
        (of(attribute("orders", "contains", 1)), "no operator 'contains'"),
        (of(attribute("orders", "between", 5, 1)), "the first of the two values is the larger one"),
        (of(attribute("orders", "between", 5)), "between takes two values, and 1 were given"),
        (of(attribute("orders", "at_least", "many")), "write a number"),
        (of(attribute("orders", "at_least", True)), "write a number"),
        (of(attribute("orders", "at_least", "nan")), "write a number"),
        (of(attribute("orders", "at_least", "1e999999999999999999")), "write a number"),
        (of(attribute("orders", "at_least", "-1e-999999999999999999")), "write a number"),
        (of(attribute("net_sales", "at_least", "1e30")), "below 10^12"),
        (of(attribute("city", "is")), "is takes a value, and 0 were given"),
        (of(attribute("city", "is", "")), "write 1 to 200 letters"),
        (of(attribute("city", "is", "a\0b")), "write 1 to 200 letters"),
        (of(attribute("city", "is", "\ud800")), "write 1 to 200 letters"),
        (of(attribute("city", "known", "x")), "known takes no value"),
        (of(attribute("last_order_date", "in_last_days", 0)), "a whole number of days from 1"),
        (of(attribute("last_order_date", "on_or_after", "soon")), "write a day as YYYY-MM-DD"),
        (of({"kind": "event", "event": "ordered", "product": {"value": "x"}}), "does not ask for a product"),
        (of({"kind": "event", "event": "bought", "code": "X"}), "does not ask for a discount code"),
        (of({"kind": "event", "event": "ordered", "value": 1.5}), "whole numbers"),
        (of({"kind": "event", "event": "ordered", "period": {"kind": "last_days"}}), "give days for last_days"),
        (of({"kind": "event", "event": "ordered", "operator": "never", "measure": "amount"}), "never goes with times"),
        (of({"kind": "group", "rules": [], "colour": "red"}), "colour"),
        ({"version": 2, "root": {"kind": "group"}}, "version"),
        ("all of them", "definition"),
        (None, "definition"),
    ],
)  # fmt: skip
def test_what_is_not_right_is_said_with_its_place(document: Any, said: str) -> None:
    with pytest.raises(ConfigError) as refused:
        parse_definition(document)
    assert said in refused.value.what
    assert refused.value.remedy


PIECES = st.sampled_from(
    ["kind", "group", "attribute", "event", "rules", "root", "values", "operator", "is", "country", "period", "\ud800", "not"]
)  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | PIECES | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(PIECES, inner, max_size=5),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(JSON)
def test_whatever_is_sent_is_a_definition_or_is_refused_in_text_that_can_be_sent_back(document: Any) -> None:
    for sent in (
        document,
        {"root": document},
        of(document),
        of({"kind": "event", "event": "ordered", "period": document}),
    ):
        try:
            parse_definition(sent)
        except ConfigError as refused:
            str(refused).encode()


def test_nesting_and_number_of_rules_are_bounded() -> None:
    deep: dict[str, Any] = {"kind": "group"}
    for _ in range(5):
        deep = {"kind": "group", "rules": [deep]}
    assert parse_definition({"root": deep})
    for _ in range(5000):
        deep = {"kind": "group", "rules": [deep]}
    with pytest.raises(ConfigError, match="nested too deep"):
        parse_definition({"root": deep})
    wide = [{"kind": "group", "rules": [attribute("orders", "known")] * 10}] * 10
    with pytest.raises(ConfigError, match="at most 100"):
        parse_definition(of(*wide))


@pytest.mark.parametrize(
    ("rules", "is_personal"),
    [
        ([], False),
        ([attribute("has_email", "is_true"), attribute("city", "is", "Graz")], False),
        ([attribute("email", "known")], True),
        ([{"kind": "group", "not": True, "rules": [attribute("phone", "starts_with", "+49")]}], True),
    ],
)
def test_a_definition_knows_whether_it_asks_who_customers_are(
    rules: list[dict[str, Any]], is_personal: bool
) -> None:
    assert parse_definition(of(*rules)).is_personal is is_personal


def test_no_fault_repeats_what_was_written_of_a_person() -> None:
    """Faults come into logs and answers; the value stays where it was typed."""
    for rule in (
        attribute("phone", "is", "ada.abel@example.com"),
        attribute("email", "is", "ada.abel@example.com\0"),
        attribute("first_name", "at_least", "ada.abel@example.com"),
        attribute("email", "known", "ada.abel@example.com"),
    ):
        with pytest.raises(ConfigError) as refused:
            parse_definition(of(rule))
        assert "ada" not in f"{refused.value.what} {refused.value.remedy}"


def test_the_values_of_all_conditions_together_are_bounded() -> None:
    """Each is a comparison for every customer: thousands of them would keep the server busy for minutes."""
    half = attribute("city", "contains", *(f"town {n}" for n in range(250)))
    assert parse_definition(of(half, half)).root.rules
    with pytest.raises(ConfigError, match="it names 501 values; at most 500 are possible in all"):
        parse_definition(of(half, half, attribute("city", "contains", "one more")))


DESCRIBED = Draft202012Validator(Definition.model_json_schema(), format_checker=FormatChecker())


@given(definition=definitions)
def test_every_definition_is_right_by_the_schema_that_the_api_tells(definition: Definition) -> None:
    assert not list(DESCRIBED.iter_errors(definition.document()))


@pytest.mark.parametrize(
    "rule",
    [
        attribute("shoe_size", "is", 42),
        attribute("orders", "contains", "1"),
        attribute("orders", "between", 5),
        attribute("orders", "known", 5),
        attribute("orders", "at_least", "many"),
        attribute("last_order_date", "on_or_after", "01.03.2026"),
        attribute("last_order_date", "in_last_days", 0),
        attribute("city", "is", " "),
        attribute("phone", "starts_with", "a@example.com"),
        {"kind": "event", "event": "slept"},
        {"kind": "event", "event": "bought", "value": "often"},
    ],
)
def test_what_is_refused_is_wrong_by_the_schema_too(rule: dict[str, Any]) -> None:
    with pytest.raises(ConfigError):
        parse_definition(of(rule))
    assert list(DESCRIBED.iter_errors(of(rule)))
