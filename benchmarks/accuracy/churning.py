"""Who left: both ways of Fondaco on the same customers, beside two forecasts that need no model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.accuracy.datasets import Dataset, Floats
from fondaco.analytics.churn import ChurnFit, Features, Report, features, fit_churn, outcomes, report

HORIZON = 90
_BINS = 10


@dataclass(frozen=True, slots=True)
class Churn:
    """The test of a data set."""

    fit: ChurnFit
    reports: tuple[Report, ...]


def churn(data: Dataset, horizon: int = HORIZON) -> Churn:
    """Fondaco's own test of the last customers whose outcome is known, with the naive forecasts beside it.

    They learn from customers one horizon earlier: the base rate is the share who left then; by silence alone, that of the tenth of them
    whose silence was like the customer's.
    """
    found = fit_churn(data.behaviour, data.last, horizon)
    then = features(data.behaviour, data.last - 2 * horizon, horizon)
    now = features(data.behaviour, data.last - horizon, horizon)
    gone, left = outcomes(data.behaviour, then, horizon), outcomes(data.behaviour, now, horizon)
    reports = list(found.reports)
    if len(gone) and len(left):
        reports += [
            report("naive: base rate", np.full(len(left), gone.mean()), left),
            report("naive: silence alone", _by_silence(then, gone.astype(float), now), left),
        ]
    return Churn(found, tuple(reports))


def _by_silence(then: Features, gone: Floats, now: Features) -> Floats:
    """The share who left among earlier customers of like silence, interpolated between the middles of ten groups of them."""
    order = np.argsort(then.silence, kind="stable")
    groups = [group for group in np.array_split(order, _BINS) if len(group)]
    silence = np.array([then.silence[group].mean() for group in groups])
    share = np.array([gone[group].mean() for group in groups])
    return np.interp(now.silence, silence, share)
