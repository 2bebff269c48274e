"""Whether a rule fires on a day of a series. Pure: numbers in, a judgement out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median

from fondaco.alerts.rule import Kind, Rule
from fondaco.analytics.anomaly import Expectation, Scale, expect_day

_FEWEST_WEEKS = 2
"""Of one week before nobody knows whether it was a usual one."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a rule says of a day.

    Attributes
    ----------
    fires
        None where nothing can be said, for ``reason``.
    value, expected, low, high
        In the unit of what is judged: the metric's, or a part of a whole. ``low`` and ``high`` are None where no bound is.
    """

    fires: bool | None
    value: Decimal | None
    expected: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Series:
    """A subject's values, one a day without gaps, the oldest first; ``wholes`` are what a share is of.

    ``unseen`` says of each day why its value cannot be known, empty where it is; empty, all are.
    """

    values: Sequence[Decimal | None]
    wholes: Sequence[Decimal | None] = ()
    unseen: Sequence[str] = ()


def judge(rule: Rule, series: Series, place: int, scale: Scale) -> Judgement:
    """What ``rule`` says of the day at ``place``, knowing that day and those before it."""
    value = series.values[place]
    if series.unseen and series.unseen[place]:
        return Judgement(None, None, reason=series.unseen[place])
    if rule.kind is Kind.SHARE:
        return _of_share(rule, value, series.wholes[place])
    if value is None:
        return Judgement(None, None, reason="there is no figure for the day")
    if rule.kind is Kind.THRESHOLD:
        return _held(rule, value, None, rule.below, rule.above)
    if rule.kind is Kind.CHANGE:
        return _of_change(rule, series.values, place, value)
    return _of_anomaly(rule, series.values[:place], value, scale)


def _of_share(rule: Rule, value: Decimal | None, whole: Decimal | None) -> Judgement:
    if value is None:
        return Judgement(None, None, reason="there is no figure for the day")
    if whole is None or whole <= 0 or whole < rule.least:
        return Judgement(None, None, reason="the whole is too small to have shares")
    return _bounded(value / whole, None, rule.below, rule.above)


def _of_change(rule: Rule, values: Sequence[Decimal | None], place: int, value: Decimal) -> Judgement:
    # Spans of more than a week go back by whole spans of weeks, so that no day is on both sides.
    step = 7 * -(-rule.days // 7)
    before = [values[at] for week in range(1, rule.weeks + 1) if (at := place - step * week) >= 0]
    known = [each for each in before if each is not None]
    if len(known) < min(_FEWEST_WEEKS, rule.weeks):
        return Judgement(None, value, reason="too few weeks before are known")
    usual = median(known)
    if usual <= 0:
        return Judgement(None, value, usual, reason="there was nothing before that it could be held against")
    low = None if rule.below is None else usual * (1 + rule.below)
    high = None if rule.above is None else usual * (1 + rule.above)
    return _held(rule, value, usual, low, high)


def _of_anomaly(rule: Rule, history: Sequence[Decimal | None], value: Decimal, scale: Scale) -> Judgement:
    found = expect_day(
        [None if each is None else float(each) for each in history],
        scale,
        sensitivity=float(rule.sensitivity),
    )
    if not isinstance(found, Expectation):
        return Judgement(None, value, reason=found.value)
    low, high = _exact(found.low), _exact(found.high)
    judged = _held(
        rule, value, _exact(found.expected), None if rule.side == "above" else low, None if rule.side == "below" else high
    )  # fmt: skip
    return Judgement(judged.fires, value, judged.expected, low, high)


def _held(
    rule: Rule, value: Decimal, expected: Decimal | None, low: Decimal | None, high: Decimal | None
) -> Judgement:
    judged = _bounded(value, expected, low, high)
    if judged.fires and expected is not None and abs(value - expected) < rule.least:
        return Judgement(False, value, expected, low, high)
    return judged


def _bounded(
    value: Decimal, expected: Decimal | None, low: Decimal | None, high: Decimal | None
) -> Judgement:
    fires = (low is not None and value < low) or (high is not None and value > high)
    return Judgement(fires, value, expected, low, high)


def _exact(number: float) -> Decimal:
    return Decimal(str(round(number, 6)))
