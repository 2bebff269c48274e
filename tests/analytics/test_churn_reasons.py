"""What is said of customers who may be leaving, and of whom nothing is said."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.analytics.churn import Behaviour, features
from fondaco.analytics.churn.reasons import MOST_REASONS, reasons_in_words

TODAY, HORIZON = 200, 30


def said(
    customers: dict[int, list[dict[str, Any]]], weights: dict[str, float] | None = None
) -> list[list[str]]:
    """The reasons of customers by their purchases; weights are the same for all."""
    names = ("day", "net_value", "discounts", "returned", "products")
    usual = {"net_value": 50.0, "discounts": 0.0, "returned": 0.0, "products": 1}
    rows = [(code, {**usual, **row}) for code, all_ in customers.items() for row in all_]
    columns = {name: [row[name] for _, row in rows] for name in names}
    known = features(Behaviour.of([code for code, _ in rows], **columns), TODAY, HORIZON)
    by_group = weights and {group: np.full(len(known.owner), weight) for group, weight in weights.items()}
    found: list[list[str]] = reasons_in_words(known, np.ones(len(known.owner)), HORIZON, by_group).to_pylist()
    return found


def every(gap: int, last: int, times: int, **columns: Any) -> list[dict[str, Any]]:
    return [{"day": last - gap * back, **columns} for back in range(times)]


def test_silence_is_told_against_ones_own_habit() -> None:
    assert said({1: every(31, TODAY - 84, 3)}) == [["Silent for 84 days; usually buys every 31."]]
    assert said({1: every(1, TODAY - 40, 6)})[0][0] == "Silent for 40 days; usually buys every day."


def test_one_return_is_no_habit_yet() -> None:
    assert "Silent for 84 days; came back once, after 7 days." in said({1: every(7, TODAY - 84, 2)})[0]


def test_whoever_is_less_than_half_as_likely_to_leave_as_the_average_customer_is_given_no_reason() -> None:
    rows = [(code, TODAY - 84 - back) for code in range(4) for back in (0, 31, 62)]
    known = features(Behaviour.of(*zip(*rows, strict=True), np.ones(len(rows))), TODAY, HORIZON)
    found = reasons_in_words(known, np.array([0.9, 0.5, 0.25, 0.2]), HORIZON)
    assert [len(one) for one in found.to_pylist()] == [1, 1, 1, 0]


def test_silence_after_one_purchase_is_told_against_those_who_came_back() -> None:
    found = said({1: every(1, TODAY - 95, 1), 2: every(20, TODAY, 5)})
    assert "Bought once, 95 days ago; those who come back buy every 20." in found[0]
    assert found[1] == []


def test_fewer_purchases_than_in_the_days_before_are_a_reason() -> None:
    found = said({1: [{"day": TODAY - back} for back in (5, 32, 40, 50)]})
    assert "Bought on 1 day of the last 30; on 3 of the 30 before." in found[0]


@pytest.mark.parametrize(
    ("group", "purchases", "sentence"),
    [
        (
            "rhythm", [{"day": day} for day in (70, 80, 90, 100, 150)],
            "The last purchase came 50 days after the one before; it used to take 10.",
        ),
        (
            "value", [{"day": 150}, {"day": 160}, {"day": 170, "net_value": 15.5}],
            "The last purchase was worth 31 % of what the earlier ones were.",
        ),
        (
            "discounts", [{"day": 150}, {"day": 160, "net_value": 30.0, "discounts": 20.0}],
            "Bought at 40 % off the last time; at 0 % before.",
        ),
        (
            "discounts", [{"day": 150, "net_value": 30.0, "discounts": 20.0}, {"day": 160, "net_value": 30.0, "discounts": 20.0}],
            "Buys at 40 % off; all customers at 7 %.",
        ),
        (
            "returns", [{"day": 150, "net_value": 90.0, "returned": 30.0}],
            "Sent back 33 % of what they bought; all customers 5 %.",
        ),
        ("rhythm", [{"day": 190}], "Has not come back yet."),
        ("breadth", [{"day": 150, "products": 1}], "Buys 1 product at a time; all customers 3."),
    ],
)  # fmt: skip
def test_each_group_of_behaviour_has_its_sentence(
    group: str, purchases: list[dict[str, Any]], sentence: str
) -> None:
    others = every(40, TODAY, 5, net_value=100.0, products=5)
    assert said({1: purchases, 2: others}, {group: 1.0})[0] == [sentence]
    assert said({1: purchases, 2: others}, {group: 0.04})[0] == []


def test_the_weightiest_reason_comes_first_and_groups_that_speak_against_leaving_say_nothing() -> None:
    customer = [{"day": day} for day in (50, 60, 70, 80, 100)] + [{"day": 150, "net_value": 5.0}]
    weights = {"silence": 0.2, "value": 0.9, "rhythm": -0.5, "habit": 0.0, "recent": 0.0}
    assert said({1: customer}, weights) == [
        ["The last purchase was worth 10 % of what the earlier ones were.", "Silent for 50 days; usually buys every 20."]
    ]  # fmt: skip


def test_what_the_model_of_purchases_adds_counts_for_what_it_sees() -> None:
    customer = every(31, TODAY - 84, 3)
    weights = {"silence": -0.3, "recent": 0.0, "habit": 0.0}
    assert said({1: customer}, weights) == [[]]
    assert said({1: customer}, {**weights, "model": 1.0}) == [["Silent for 84 days; usually buys every 31."]]


@given(
    st.lists(
        st.tuples(
            st.integers(0, 5), st.integers(0, TODAY), st.integers(-20, 200), st.integers(0, 90), st.integers(0, 90)
        ),
        min_size=1, max_size=30,
    )
)  # fmt: skip
def test_there_are_at_most_three_sentences_none_twice_and_no_number_that_is_none(
    rows: list[tuple[int, int, int, int, int]],
) -> None:
    customer, day, net, discounts, returned = np.array(rows).T
    behaviour = Behaviour.of(
        customer, day, net, discounts=discounts, returned=returned, products=discounts % 4
    )
    known = features(behaviour, TODAY, HORIZON)
    for sentences in reasons_in_words(
        known, np.ones(len(known.owner)), HORIZON, {group: np.ones(len(known.owner)) for group in ("silence", "recent", "value", "discounts", "returns", "breadth")}
    ).to_pylist():  # fmt: skip
        assert len(sentences) == len(set(sentences)) <= MOST_REASONS
        assert all(one.endswith(".") and "nan" not in one and "-" not in one for one in sentences)
