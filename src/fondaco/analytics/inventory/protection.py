"""Demand over the protection period, whose length nobody knows either: lead times spread, and that counts as much as demand does."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fondaco.analytics.inventory.demand import Floats, Sampled
from fondaco.errors import ConfigError


@dataclass(frozen=True, slots=True)
class LeadTime:
    """Days from an order to its goods.

    Attributes
    ----------
    mean, sd
        Days.
    """

    mean: float
    sd: float

    @classmethod
    def of(cls, days: ArrayLike, *, usual: LeadTime | None = None, weight: float = 4.0) -> LeadTime:
        """What past orders took, pulled towards what is ``usual`` where few are known.

        Parameters
        ----------
        days
            From each order to its goods; may be empty if ``usual`` is given.
        usual
            Of comparable orders: those of all suppliers, or what this one promises.
        weight
            As many orders as ``usual`` counts for.

        Raises
        ------
        ConfigError
            If a lead time is negative, or nothing at all is known.
        """
        known = np.asarray(days, dtype=float)
        if not np.isfinite(known).all() or (known < 0).any():
            raise ConfigError(
                "Goods came before they were ordered.", "Look at the days of the purchase orders, and leave out wrong ones."
            )  # fmt: skip
        if usual is None:
            if not known.size:
                raise ConfigError("No lead time is known.", "Give what the supplier promises.")
            return cls(float(known.mean()), float(known.std(ddof=1)) if known.size > 1 else 0.0)
        share = known.size / (known.size + weight)
        own = float(known.mean()) if known.size else usual.mean
        mean = share * own + (1 - share) * usual.mean
        around = float(((known - mean) ** 2).mean()) if known.size else usual.sd**2
        return cls(mean, float(np.sqrt(share * around + (1 - share) * usual.sd**2)))

    def sampled(self, count: int, seed: int) -> NDArray[np.int64]:
        """Whole days of ``count`` orders that have not been made yet: gamma distributed, as lead times are skewed."""
        if self.sd == 0 or self.mean == 0:
            return np.full(count, round(self.mean), dtype=np.int64)
        random = np.random.default_rng(seed)
        shape, scale = (self.mean / self.sd) ** 2, self.sd**2 / self.mean
        return np.rint(random.gamma(shape, scale, count)).astype(np.int64)


def over_protection_period(
    daily_mean: ArrayLike, daily_sd: ArrayLike, lead_time: LeadTime, *, review_days: float = 0.0
) -> tuple[Floats, Floats]:
    """Mean and standard deviation of demand over lead time and review period, of days that are alike and do not hang together.

    μ(L + R) and √((L + R) σ² + μ² σ_L²); Silver, Pyke and Thomas (2017), section 6.10.

    Parameters
    ----------
    daily_mean, daily_sd
        Units a day.
    review_days
        Days until one may order again; 0 where one may at any time.
    """
    mean, sd = np.asarray(daily_mean, dtype=float), np.asarray(daily_sd, dtype=float)
    days = lead_time.mean + review_days
    return mean * days, np.sqrt(days * sd**2 + mean**2 * lead_time.sd**2)


def paths_over_protection_period(
    paths: ArrayLike, lead_time: LeadTime, *, review_days: int = 0, seed: int = 0
) -> Sampled:
    """Demand over lead time and review period along the sample paths of a forecast, seasons and promotions included.

    Parameters
    ----------
    paths
        Units by item, sample and day; the last axis begins with the day after today.
    seed
        Of the lead times: one for each sample, the same for all items of a supplier, since they come in one delivery.

    Raises
    ------
    ConfigError
        If the paths end before the longest protection period does.
    """
    days = np.asarray(paths, dtype=float)
    lasting = lead_time.sampled(days.shape[-2], seed) + review_days
    if lasting.max() > days.shape[-1]:
        raise ConfigError(
            f"The forecast ends after {days.shape[-1]} days, and goods may take {lasting.max()} days until they are there.",
            "Forecast further ahead.",
        )  # fmt: skip
    summed = np.concatenate([np.zeros((*days.shape[:-1], 1)), np.cumsum(days, axis=-1)], axis=-1)
    places = np.broadcast_to(lasting[:, np.newaxis], (*days.shape[:-1], 1))
    return Sampled(np.take_along_axis(summed, places, axis=-1)[..., 0])
