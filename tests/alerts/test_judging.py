"""Whether a rule fires on a day: each kind by hand, at its limit, and where nothing can be said."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.alerts import parse_rule
from fondaco.alerts.judging import Judgement, Series, judge
from fondaco.analytics.anomaly import Scale

D = Decimal
WEEKS = [D(100)] * 35


def judged(told: dict[str, Any], values: list[Any], wholes: list[Any] | None = None) -> Judgement:
    rule = parse_rule("mine", {"metric": "net_sales", **told})
    return judge(rule, Series(values, wholes or []), len(values) - 1, Scale.AMOUNT)


@pytest.mark.parametrize(("value", "fires"), [(99, True), (100, False), (150, False), (151, True)])
def test_a_threshold_fires_beyond_its_limits_and_not_on_them(value: int, fires: bool) -> None:
    found = judged({"kind": "threshold", "below": 100, "above": 150}, [D(value)])
    assert (found.fires, found.low, found.high) == (fires, D(100), D(150))


@pytest.mark.parametrize(("value", "fires"), [(69, True), (70, False), (130, False), (131, True)])
def test_a_change_is_held_against_the_median_of_the_same_weekdays(value: int, fires: bool) -> None:
    """Of the last four of this weekday three sold 100 and one 900; the days between are of no account."""
    history: list[Any] = [D(7)] * 29
    for place, sold in ((0, 100), (7, 900), (14, 100), (21, 100)):
        history[place] = D(sold)
    history[28] = D(value)
    found = judged({"kind": "change", "below": "-30 %", "above": "30 %"}, history)
    assert (found.fires, found.expected, found.low, found.high) == (fires, D(100), D("70.0"), D("130.0"))


def test_a_change_of_ten_days_goes_back_by_two_weeks_so_that_no_day_is_on_both_sides() -> None:
    history: list[Any] = [None] * 57
    for place in (0, 14, 28, 42):
        history[place] = D(200)
    history[56] = D(100)
    assert judged({"kind": "change", "below": -0.3, "days": 10}, history).expected == D(200)


def test_small_differences_do_not_count() -> None:
    values = [*WEEKS, D(60)]
    assert judged({"kind": "change", "below": -0.3, "least": 40}, values).fires is True
    assert judged({"kind": "change", "below": -0.3, "least": 41}, values).fires is False


@pytest.mark.parametrize(
    ("history", "reason"),
    [
        ([D(5)], "too few weeks"),
        ([D(1)] * 8, "too few weeks"),
        ([D(0)] * 36, "nothing before"),
        ([D(-5)] * 36, "nothing before"),
        ([*WEEKS, None], "no figure"),
    ],
)
def test_without_a_before_a_change_says_nothing(history: list[Any], reason: str) -> None:
    found = judged({"kind": "change", "below": -0.3}, history)
    assert found.fires is None and reason in found.reason


@pytest.mark.parametrize(
    ("part", "whole", "fires"),
    [(26, 100, True), (25, 100, False), (5, 0, None), (5, -10, None), (None, 100, None), (5, None, None), (9, 10, None)],
)  # fmt: skip
def test_a_share_is_of_a_whole_that_is_there_and_large_enough(part: Any, whole: Any, fires: Any) -> None:
    told = {"kind": "share", "of": "gross_sales", "above": "25 %", "least": 20}
    values = [None if part is None else D(part)], [None if whole is None else D(whole)]
    assert judged(told, *values).fires is fires


@pytest.mark.parametrize(
    ("side", "value", "fires"),
    [
        ("either", 10, True),
        ("either", 500, True),
        ("above", 10, False),
        ("below", 500, False),
        ("below", 10, True),
    ],
)
def test_an_anomaly_fires_on_the_sides_that_are_worth_telling(side: str, value: int, fires: bool) -> None:
    found = judged({"kind": "anomaly", "side": side}, [*([D(100)] * 60), D(value)])
    assert found.fires is fires
    assert found.low is not None and found.high is not None and found.low < 100 < found.high


def test_an_anomaly_without_history_says_why() -> None:
    found = judged({"kind": "anomaly"}, [D(100)] * 20)
    assert (found.fires, found.reason) == (None, "too few days are known")


@given(values=st.lists(st.integers(0, 10**6).map(Decimal) | st.none(), min_size=1, max_size=120),
       kind=st.sampled_from(["threshold", "change", "anomaly"]))  # fmt: skip
def test_days_to_come_never_change_what_is_said_of_a_day(values: list[Any], kind: str) -> None:
    limits = {} if kind == "anomaly" else {"above": "50 %"}
    rule = parse_rule("mine", {"metric": "net_sales", "kind": kind, **limits})
    place = len(values) // 2
    assert judge(rule, Series(values), place, Scale.AMOUNT) == judge(
        rule, Series(values[: place + 1]), place, Scale.AMOUNT
    )
