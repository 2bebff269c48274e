"""How soon customers buy again, where many have not been known for long (Kaplan and Meier 1958)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fondaco.errors import ConfigError

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Returns:
    """The curve of those who have bought again, by days since the first purchase.

    Attributes
    ----------
    days
        Days on which somebody came back, ascending.
    returned
        Share of customers who have bought again until the end of that day, 0..1, never falling.
    deviation
        Its standard error (Greenwood 1926).
    known_days
        Days after which nobody was left who might still come back: all had, or were known for no longer.
    """

    days: Floats
    returned: Floats
    deviation: Floats
    known_days: float


def returns(days: ArrayLike, again: ArrayLike, gone: ArrayLike) -> Returns:
    """The product-limit estimate.

    Parameters
    ----------
    days
        Distinct, in days since the first purchase; 0 or more.
    again
        Customers who bought for the second time on that day.
    gone
        Customers without a second purchase who have been known for exactly so long (censored).

    Raises
    ------
    ConfigError
        If the columns differ in length or a count is negative.
    """
    day, repeats, lost = (np.asarray(column, np.float64) for column in (days, again, gone))
    if (
        not (day.shape == repeats.shape == lost.shape and day.ndim == 1)
        or (repeats < 0).any()
        or (lost < 0).any()
    ):
        raise ConfigError(
            f"Days, returns and losses of shapes {day.shape}, {repeats.shape} and {lost.shape}, or counts below 0, were given.",
            "Give one count of each for every day.",
        )  # fmt: skip
    order = np.argsort(day)
    day, repeats, lost = day[order], repeats[order], lost[order]
    leaving = repeats + lost
    at_risk = leaving[::-1].cumsum()[::-1]
    event = repeats > 0
    at_risk, repeats = at_risk[event], repeats[event]
    staying = np.cumprod(1 - repeats / at_risk)
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.cumsum(repeats / (at_risk * (at_risk - repeats)))
        deviation = np.where(staying > 0, staying * np.sqrt(spread), 0.0)
    return Returns(day[event], 1 - staying, deviation, float(day.max()) if len(day) else 0.0)


def share_returned(curve: Returns, days: float) -> float:
    """Share of customers who buy again within ``days``, 0..1; NaN where nobody has been known for so long and some had not come back."""
    if days > curve.known_days and not (len(curve.returned) and curve.returned[-1] == 1):
        return math.nan
    place = int(np.searchsorted(curve.days, days, side="right"))
    return float(curve.returned[place - 1]) if place else 0.0


def quantile_days(curve: Returns, share: float, *, within: float) -> float:
    """Days until ``share`` (0..1) of those who come back within ``within`` days have done so.

    Those who will never return have no such day and are left out; who has not been known for ``within`` days counts by the curve.
    NaN where that is not known, or nobody came back.
    """
    reached = share_returned(curve, within)
    if not reached > 0:
        return math.nan
    return float(curve.days[int(np.searchsorted(curve.returned, share * reached - 1e-12))])
