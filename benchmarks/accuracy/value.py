"""What each way of valuing customers forecasts for days that it was not shown, and what those days brought."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from benchmarks.accuracy.datasets import Dataset, Floats
from fondaco.analytics.churn import Features, features
from fondaco.analytics.churn.behaviour import Behaviour, Days
from fondaco.analytics.clv import (
    BGNBD,
    ParetoNBD,
    credible_values,
    fit_bg_nbd,
    fit_gamma_gamma,
    fit_mbg_nbd,
    fit_pareto_nbd,
    retention_value,
    simple_value,
)
from fondaco.errors import ConfigError

DAYS_A_YEAR = 365.25
LONGEST_PERIODS = 10.0
_NO_DISCOUNT = 1e-9
NAIVE = "naive: as fast as since the shop's first day"


@dataclass(frozen=True, slots=True)
class Known:
    """Customers at the end of the days that are shown.

    Attributes
    ----------
    features
        As of that day.
    ahead
        Days of the hold-out.
    span
        Days that are shown.
    value
        Money of each customer, net of returns.
    credible
        The same money, each purchase for no more than is credible: what forecasts go by that are no yardstick.
    value_a_purchase
        Mean of the credible purchases after the first, less the share that came back; 0 where there was none.
    """

    behaviour: Behaviour
    features: Features
    ahead: int
    span: int
    value: Floats
    credible: Floats
    value_a_purchase: Floats

    def between(self, first: int, last: int) -> tuple[Floats, Floats]:
        """Days with a purchase, and money net of returns, of each customer in these days, ends included."""
        return _between(self.behaviour, self.features, first, last)


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a way says each customer will do in the hold-out."""

    method: str
    purchases: Floats
    value: Floats


@dataclass(frozen=True, slots=True)
class Score:
    """How far a forecast lay from what happened: the total as a share, and errors a customer."""

    method: str
    purchases_error: float
    purchases_mae: float
    purchases_rmse: float
    value_error: float
    value_mae: float
    value_rmse: float


@dataclass(frozen=True, slots=True)
class Group:
    """Customers by the purchases that were known of them: how many each made in the hold-out, and was said to, on average."""

    label: str
    customers: int
    actual: float
    forecast: dict[str, float]


@dataclass(frozen=True, slots=True)
class HoldOut:
    """A hold-out of a data set, and how each way did; notes say which way could not be taken whole."""

    ahead: int
    span: int
    customers: int
    purchases: float
    value: float
    scores: tuple[Score, ...]
    groups: tuple[Group, ...]
    notes: tuple[str, ...]


def known_until(data: Dataset, ahead: int) -> Known:
    """Customers ``ahead`` days before the end of the data."""
    split = data.last - ahead
    known = features(data.behaviour, split, ahead)
    spent = _between(data.behaviour, known, data.first, split)[1]
    total = known.columns["total_value"]
    kept = np.clip(np.divide(spent, total, out=np.ones(len(total)), where=total > 0), 0, 1)
    past = data.behaviour.bought.until(split)
    worth = credible_values(past.owner, past.columns["net_value"])
    heads = np.flatnonzero(np.r_[True, np.diff(past.owner) != 0][: len(past.owner)])
    credible = np.bincount(past.owner, worth, len(data.behaviour.customers))[known.owner]
    later = np.maximum(credible - worth[heads], 0)
    value_a_purchase = later * kept / np.maximum(known.frequency, 1)
    return Known(
        data.behaviour, known, ahead, split - data.first + 1, spent, credible * kept, value_a_purchase
    )


def hold_out(data: Dataset) -> HoldOut:
    """Forecast the last third of the data from the first two."""
    ahead = (data.last - data.first + 1) // 3
    known = known_until(data, ahead)
    split = known.features.day
    bought, spent = known.between(split + 1, split + ahead)
    forecasts, notes = _forecasts(known)
    return HoldOut(
        ahead, known.span, len(bought), float(bought.sum()), float(spent.sum()),
        tuple(_score(one, bought, spent) for one in forecasts), tuple(_groups(known, forecasts, bought)), tuple(notes),
    )  # fmt: skip


def _groups(known: Known, forecasts: list[Forecast], bought: Floats) -> Iterator[Group]:
    edges = [1, 2, 3, 5, 10, 20, 50, 100, 1_000_000]
    days = known.features.frequency + 1
    for low, high in pairwise(edges):
        inside = (days >= low) & (days < high)
        if inside.any():
            label = (
                str(low)
                if high == low + 1
                else f"{low}–{high - 1}"
                if high < edges[-1]
                else f"{low} and more"
            )
            told = {one.method: float(one.purchases[inside].mean()) for one in forecasts}
            yield Group(label, int(inside.sum()), float(bought[inside].mean()), told)


def fitted(known: Features) -> Iterator[tuple[str, BGNBD | ParetoNBD | str]]:
    """Each model of purchases by name; what is wrong where it cannot be fitted."""
    for name, fit in (
        ("BG/NBD", fit_bg_nbd), ("MBG/NBD", fit_mbg_nbd), ("Pareto/NBD", fit_pareto_nbd),
    ):  # fmt: skip
        try:
            yield name, fit(*known.history)
        except ConfigError as error:
            yield name, error.what


def _forecasts(known: Known) -> tuple[list[Forecast], list[str]]:
    day, ahead = known.features.day, known.ahead
    x = known.features.frequency
    found = [
        Forecast(NAIVE, (x + 1) / known.span * ahead, known.value / known.span * ahead),
        Forecast("historic: the days before again", *known.between(day - ahead + 1, day)),
        *_by_formulas(known),
    ]
    notes, untold = [], []
    try:
        spend = fit_gamma_gamma(x, known.value_a_purchase)
    except ConfigError as error:
        return found, [f"Gamma-Gamma: {error.what}"]
    worth = spend.expected_value(x, known.value_a_purchase)
    for name, model in fitted(known.features):
        if isinstance(model, str):
            notes.append(f"{name}: {model}")
            continue
        purchases = model.expected_purchases(ahead, *known.features.history)
        found.append(Forecast(f"{name} + Gamma-Gamma", purchases, purchases * worth))
        if model.is_undetermined:
            untold.append(name)
    if untold:
        notes.append(f"Some parameters cannot be told from these customers: of {', '.join(untold)}")
    return found, notes


def _by_formulas(known: Known) -> Iterator[Forecast]:
    """The two formulas that need no model, cut off at the end of the hold-out. A period is a year, or half of what is shown."""
    period = min(DAYS_A_YEAR, known.span / 2)
    day, days = known.features.day, round(period)
    before = known.between(day - 2 * days + 1, day - days)[0] > 0
    after = known.between(day - days + 1, day)[0] > 0
    retention = float((before & after).sum() / max(before.sum(), 1))
    lifespan = min(1 / (1 - retention), LONGEST_PERIODS) if retention < 1 else LONGEST_PERIODS
    periods = np.maximum(known.features.age / period, 1.0)
    bought, spent = known.features.frequency + 1, np.maximum(known.credible, 0)
    ahead = known.ahead / period
    stays = np.full_like(periods, min(lifespan, ahead))
    yield Forecast(
        "simple: order value × frequency × lifespan",
        bought / periods * stays,
        simple_value(spent / bought, bought / periods, stays),
    )
    kept = np.full_like(periods, retention)
    until = (
        1 - (retention / (1 + _NO_DISCOUNT)) ** ahead
    )  # of the sum over all periods, those of the hold-out
    yield Forecast(
        "retention and discount",
        retention_value(bought / periods, kept, _NO_DISCOUNT) * until,
        retention_value(spent / periods, kept, _NO_DISCOUNT) * until,
    )


def _score(forecast: Forecast, bought: Floats, spent: Floats) -> Score:
    def parts(told: Floats, seen: Floats) -> tuple[float, float, float]:
        off = told - seen
        total = float(seen.sum())
        return (
            float(off.sum()) / total if total > 0 else float("nan"),
            float(np.abs(off).mean()),
            float(np.sqrt((off**2).mean())),
        )

    return Score(forecast.method, *parts(forecast.purchases, bought), *parts(forecast.value, spent))


def _between(behaviour: Behaviour, known: Features, first: int, last: int) -> tuple[Floats, Floats]:
    """Days with a purchase, and money net of returns, of the customers that are known."""
    size = len(behaviour.customers)
    bought, spent = _sums(behaviour.bought, "net_value", first, last, size)
    if behaviour.returned is not None:
        spent = spent - _sums(behaviour.returned, "value", first, last, size)[1]
    return bought[known.owner], spent[known.owner]


def _sums(days: Days, name: str, first: int, last: int, size: int) -> tuple[Floats, Floats]:
    """Days, and the sum of a column, by owner."""
    inside = (days.day >= first) & (days.day <= last)
    owner = days.owner[inside]
    return (
        np.bincount(owner, minlength=size).astype(float),
        np.bincount(owner, days.columns[name][inside], size).astype(float),
    )
