"""Are the models right? Fitted to the first part of history, they forecast the rest, beside the simplest forecast there is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fondaco.analytics.clv.bg_nbd import BGNBD, fit_bg_nbd
from fondaco.analytics.clv.credible import credible_purchases
from fondaco.analytics.clv.histories import Floats
from fondaco.analytics.clv.mbg_nbd import fit_mbg_nbd
from fondaco.analytics.clv.pareto_nbd import ParetoNBD, enough_for_pareto_nbd, fit_pareto_nbd
from fondaco.analytics.clv.spend import expected_spend
from fondaco.analytics.purchases import Integers, Purchases, Returned, Summaries
from fondaco.errors import ConfigError

NAIVE = "naive"
_SHORTEST_DAYS, _LONGEST_DAYS = 30, 365
_FEWEST_REPEATERS = 50


@dataclass(frozen=True, slots=True)
class Errors:
    """How far a forecast lay from what happened.

    Attributes
    ----------
    purchases, value
        Forecast of all customers together.
    purchases_error, value_error
        (forecast - actual) / actual of those, as shares; NaN where nothing happened.
    purchases_mae, value_mae
        Mean absolute error a customer.
    purchases_rmse, value_rmse
        Root mean squared error a customer.
    """

    purchases: float
    value: float
    purchases_error: float
    value_error: float
    purchases_mae: float
    value_mae: float
    purchases_rmse: float
    value_rmse: float


@dataclass(frozen=True, slots=True)
class HoldOut:
    """A hold-out check.

    Attributes
    ----------
    split_day
        Last day that the models were shown.
    days
        Length of what they were to forecast.
    customers
        Who had bought by then; others are not forecast.
    purchases, value
        What those customers did in these days.
    errors
        By method: ``naive``, ``bg_nbd``, ``mbg_nbd``, ``pareto_nbd``. The naive forecast lets every customer do again what they did in as many
        days before the split.
    """

    split_day: int
    days: int
    customers: int
    purchases: float
    value: float
    errors: dict[str, Errors]


def hold_out(
    purchases: Purchases, as_of: int, *, days: int | None = None, returned: Returned | None = None
) -> HoldOut:
    """Check the models on the last days of history.

    Parameters
    ----------
    as_of
        The last day that is known whole.
    days
        How many of the last days to forecast; without it a third of history, 30 to 365.
    returned
        What came back of the purchases, so that what came back after the split is not known before it.

    Raises
    ------
    ConfigError
        If history is shorter than three times that, or too few customers came back in its first part to fit a model.
    """
    span = as_of - int(purchases.day.min()) + 1 if len(purchases.day) else 0
    ahead = days or min(max(span // 3, _SHORTEST_DAYS), _LONGEST_DAYS)
    if span < 3 * ahead:
        raise ConfigError(
            f"History of {span} days is too short to hold out {ahead} of them.",
            "Wait for more orders, or read older ones.",
        )
    split = as_of - ahead
    known = purchases.until(split) if returned is None else purchases.as_known(split, returned)
    before = credible_purchases(known).summaries(split)
    repeaters = int((before.frequency > 0).sum())
    if repeaters < _FEWEST_REPEATERS:
        raise ConfigError(
            f"{repeaters} customers had come back before the days held out; {_FEWEST_REPEATERS} are needed.",
            "Wait for more orders, or read older ones.",
        )
    codes = int(purchases.customer.max()) + 1
    happened = _of(before.customer, purchases.totals(codes, split + 1, as_of))
    lately = _of(before.customer, known.totals(codes, split - ahead + 1, split))
    history = (before.frequency, before.recency, before.age)
    value = expected_spend(before.frequency, before.monetary_value).value
    errors = {NAIVE: _errors(lately[0], lately[1], happened)}
    for name, model in _models(before).items():
        expected = model.expected_purchases(ahead, *history)
        errors[name] = _errors(expected, expected * value, happened)
    return HoldOut(
        split, ahead, len(before.customer), float(happened[0].sum()), float(happened[1].sum()), errors
    )


def _models(before: Summaries) -> dict[str, BGNBD | ParetoNBD]:
    history = (before.frequency, before.recency, before.age)
    every = enough_for_pareto_nbd(len(before.customer))
    return {
        "bg_nbd": fit_bg_nbd(*history),
        "mbg_nbd": fit_mbg_nbd(*history),
        "pareto_nbd": fit_pareto_nbd(*(each[every] for each in history)),
    }


def _of(customers: Integers, totals: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
    return totals[0][customers], totals[1][customers]


def _errors(purchases: Floats, value: Floats, happened: tuple[Floats, Floats]) -> Errors:
    def parts(forecast: Floats, actual: Floats) -> tuple[float, float, float, float]:
        total, truth = float(forecast.sum()), float(actual.sum())
        off = forecast - actual
        share = (total - truth) / truth if truth > 0 else float("nan")
        return total, share, float(np.abs(off).mean()), float(np.sqrt((off**2).mean()))

    bought, spent = parts(purchases, happened[0]), parts(value, happened[1])
    return Errors(
        purchases=bought[0],
        value=spent[0],
        purchases_error=bought[1],
        value_error=spent[1],
        purchases_mae=bought[2],
        value_mae=spent[2],
        purchases_rmse=bought[3],
        value_rmse=spent[3],
    )
