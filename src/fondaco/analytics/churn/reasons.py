"""Why a customer may be leaving, in sentences: what speaks for it, weightiest first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from fondaco.analytics.churn.behaviour import Floats
from fondaco.analytics.churn.features import Features

MOST_REASONS = 3
_LEAST_WEIGHT = 0.05
"""Of a contribution to the log-odds: below it a reason is none."""
_LEAST_RISK = 0.5
"""Of the mean probability: below it, what speaks for leaving is no news."""
_LESS, _MORE = 0.75, 1.25
"""What is below or above a customer's own habit, or all customers', by a quarter is worth a sentence."""


_SEEN_BY_MODEL = {"silence": 1.0, "recent": 0.9, "habit": 0.8}
"""The model of purchases sees these together. What it says counts for each, and more for the first where they are alike."""


@dataclass(frozen=True, slots=True)
class _Sentence:
    """One thing that can be said: of which group, of whom it holds, and the numbers that it names, rounded."""

    group: str
    holds: NDArray[np.bool_]
    numbers: tuple[Floats | NDArray[np.bool_], ...]
    words: Callable[..., str]


def is_at_risk(probability: Floats) -> NDArray[np.bool_]:
    """Who is half as likely to leave as customers are on average, or more: only they get reasons."""
    return (
        np.asarray(probability >= _LEAST_RISK * np.mean(probability))
        if len(probability)
        else np.zeros(0, bool)
    )


def reasons_in_words(
    known: Features, probability: Floats, horizon_days: int, weights: Mapping[str, Floats] | None = None
) -> pa.ListArray:
    """At most three sentences a customer, as a list of text for each; empty where nothing speaks for their leaving, and for
    whoever is less than half as likely to leave as customers are on average.

    A sentence holds of a customer whose numbers are worse than their own habit or than all customers'.

    Parameters
    ----------
    weights
        What each group of features adds to a customer's log-odds of churn; sentences of groups that add nothing are left
        out. None for a model that knows of purchases only: silence weighs most there, then recent days, then habit.
    """
    count, said = len(known.owner), _sentences(known, horizon_days)
    if weights is None:
        weights = {group: np.full(count, weight) for group, weight in _SEEN_BY_MODEL.items()}
    elif "model" in weights:
        by_model = weights["model"]
        weights = {
            group: weight + by_model * _SEEN_BY_MODEL.get(group, 0.0) for group, weight in weights.items()
        }
    said = [one for one in said if one.group in weights]
    if not said or not count:
        return pa.array([[] for _ in range(count)], pa.list_(pa.string()))
    weight = np.column_stack([np.where(one.holds, weights[one.group], 0.0) for one in said])
    weight[weight < _LEAST_WEIGHT] = 0.0
    weight[~is_at_risk(probability)] = 0.0
    ranked = np.argsort(-weight, axis=1, kind="stable")[:, :MOST_REASONS]
    chosen = np.take_along_axis(weight, ranked, axis=1) > 0
    texts = np.empty(ranked.shape, dtype=object)
    for place, one in enumerate(said):
        row, column = np.nonzero(chosen & (ranked == place))
        texts[row, column] = _written(one, row)
    ends = np.r_[0, np.cumsum(chosen.sum(axis=1))].astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(ends), pa.array(texts[chosen], pa.string()))


def _written(one: _Sentence, rows: NDArray[np.intp]) -> list[str]:
    numbers = [np.rint(column[rows]).astype(np.int64).tolist() for column in one.numbers]
    return [one.words(*each) for each in zip(*numbers, strict=True)]


def _sentences(known: Features, horizon: int) -> list[_Sentence]:
    """Everything that can be said; a sentence whose numbers are not known is left out."""
    columns = known.columns
    found = [*_of_time(known, horizon), _of_last_value(columns)]
    if "discount_share" in columns:
        found += _of_discounts(columns)
    if "returned_share" in columns:
        own = np.nan_to_num(columns["returned_share"])
        holds, all_ = _above_all(own, columns["total_value"])
        found.append(
            _Sentence(
                "returns",
                holds,
                (own * 100, all_ * 100),
                lambda n, m: f"Sent back {n} % of what they bought; all customers {m} %.",
            )
        )
    if "products" in columns:
        found.append(_of_breadth(columns["products"]))
    return found


def _of_time(known: Features, horizon: int) -> list[_Sentence]:
    columns, once = known.columns, known.frequency == 0
    silence, gap, last = columns["silence"], np.nan_to_num(columns["mean_gap"]), columns["last_gap"]
    before, recent = columns["gap_before_last"], columns["recent"]
    earlier = columns["recent_two"] - recent
    usual = float(np.median(gap[~once])) if not once.all() else np.nan
    mean_days = float(columns["purchase_days"].mean()) if len(once) else np.nan
    everyone = np.full(len(once), usual)
    longer = (silence > gap) & (silence > np.rint(gap))
    late = once & (silence > everyone) & (silence > np.rint(everyone))
    return [
        _Sentence(
            "silence",
            (known.frequency > 1) & longer,
            (silence, np.maximum(gap, 1)),
            lambda s, g: f"Silent for {_days(s)}; usually buys every {_every(g)}.",
        ),
        _Sentence(
            "silence",
            (known.frequency == 1) & longer,
            (silence, np.maximum(gap, 1)),
            lambda s, g: f"Silent for {_days(s)}; came back once, after {_days(g)}.",
        ),
        _Sentence(
            "silence",
            late,
            (silence, np.maximum(np.nan_to_num(everyone), 1)),
            lambda s, g: f"Bought once, {_days(s)} ago; those who come back buy every {_every(g)}.",
        ),
        _Sentence("rhythm", once & ~late, (once,), lambda _: "Has not come back yet."),
        _Sentence(
            "recent",
            recent < earlier,
            (recent, np.full(len(once), horizon), earlier),
            lambda n, h, e: f"Bought on {_days(n)} of the last {h}; on {e} of the {h} before.",
        ),
        _Sentence(
            "rhythm",
            (known.frequency >= 3) & (last > _MORE * before) & (np.rint(last) > np.rint(before)),
            (np.nan_to_num(last), np.maximum(np.nan_to_num(before), 1)),
            lambda n, b: f"The last purchase came {_days(n)} after the one before; it used to take {b}.",
        ),
        _Sentence(
            "habit",
            (columns["purchase_days"] < _LESS * mean_days) & (np.rint(mean_days) > columns["purchase_days"]),
            (columns["purchase_days"], np.full(len(once), mean_days)),
            lambda n, m: f"Bought on {_days(n)} so far; all customers on {m}, on average.",
        ),
    ]


def _of_last_value(columns: Mapping[str, Floats]) -> _Sentence:
    share = np.nan_to_num(columns["last_value_by_mean"], nan=1.0) * 100
    return _Sentence(
        "value",
        (columns["purchase_days"] > 1) & (share < 100 * _LESS) & (share >= 0),
        (share,),
        lambda own: f"The last purchase was worth {own} % of what the earlier ones were.",
    )


def _of_discounts(columns: Mapping[str, Floats]) -> list[_Sentence]:
    """Against one's own habit where the last purchase left it, else against all customers."""
    own, last = np.nan_to_num(columns["discount_share"]), np.nan_to_num(columns["last_discount_share"])
    before = columns["discount_share_before_last"]
    lately = (last > _MORE * before) & (np.rint(last * 100) > np.rint(before * 100))
    # Money taken off over the gross value: the gross value is the net value over what is left.
    holds, all_ = _above_all(own, np.maximum(columns["total_value"], 0) / (1 - np.minimum(own, 0.99)))
    return [
        _Sentence(
            "discounts",
            lately,
            (last * 100, np.nan_to_num(before) * 100),
            lambda n, m: f"Bought at {n} % off the last time; at {m} % before.",
        ),
        _Sentence(
            "discounts",
            holds & ~lately,
            (own * 100, all_ * 100),
            lambda n, m: f"Buys at {n} % off; all customers at {m} %.",
        ),
    ]


def _above_all(own: Floats, worth: Floats) -> tuple[NDArray[np.bool_], Floats]:
    """Whose share of money is above that of all customers' money, and that of all, once for each."""
    weight = np.maximum(worth, 0)
    everyone = float((own * weight).sum() / weight.sum()) if weight.sum() > 0 else float("inf")
    holds = (own > _MORE * everyone) & (np.rint(own * 100) > np.rint(everyone * 100))
    return holds, np.full(len(own), everyone if np.isfinite(everyone) else 0.0)


def _of_breadth(own: Floats) -> _Sentence:
    everyone = float(own.mean()) if len(own) else 0.0
    return _Sentence(
        "breadth",
        (own < _LESS * everyone) & (np.rint(own) < np.rint(everyone)) & (np.rint(own) >= 1),
        (own, np.full(len(own), everyone)),
        lambda n, m: f"Buys {n} {'product' if n == 1 else 'products'} at a time; all customers {m}.",
    )


def _days(number: int) -> str:
    return f"{number} day" if number == 1 else f"{number} days"


def _every(number: int) -> str:
    """What follows "every"."""
    return "day" if number == 1 else str(number)
