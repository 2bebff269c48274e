"""Partial pooling: what each product says for itself, pulled towards its group as far as its own data are weak.

estimate ~ N(own truth, standard error²), own truth ~ N(mean of the group, τ²), mean of the group ~ N(mean of all, ω²); the mean of all
is unknown. τ and ω are not set to one value but averaged over by their marginal likelihood, restricted to what is left of the means,
so intervals carry what is not known of the pool itself. The prior of ω is half-normal (Gelman 2006); that of τ is times τ, so that
it is never 0, which would pull all of a group to one value (Chung and others 2013). Efron and Morris (1975) tell why it
is nearer to the truth than each estimate by itself; Blattberg and George (1991) pooled price elasticities so.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fondaco.analytics.pricing.panel import Floats

_STEPS = 25


@dataclass(frozen=True, slots=True)
class Pooled:
    """Estimates after pooling; arrays of one place for each.

    Attributes
    ----------
    mean, sd
        Of what is believed of the truth, about normal.
    group_mean, group_sd
        What would be believed of one of the group of which nothing is known.
    own_weight
        How much of ``mean`` is the own estimate, 0 to 1; the rest is the group's mean.
    """

    mean: Floats
    sd: Floats
    group_mean: Floats
    group_sd: Floats
    own_weight: Floats


def pool(estimates: Floats, errors: Floats, groups: NDArray[np.str_], *, scale: float = 1.0) -> Pooled:
    """Pool estimates by group.

    Parameters
    ----------
    errors
        Standard errors; infinite for what could not be estimated, which then gets what is known of its group.
    scale
        How far apart truths may reasonably lie: the scale of the priors of τ and ω.
    """
    _, group = np.unique(groups, return_inverse=True)
    known = np.isfinite(errors)
    if not known.any():
        nothing = np.full(len(estimates), np.nan)
        return Pooled(
            nothing,
            np.full_like(nothing, np.inf),
            nothing,
            np.full_like(nothing, np.inf),
            np.zeros_like(nothing),
        )
    y, variance = np.where(known, estimates, 0.0), np.where(known, errors, 1.0) ** 2
    grid = scale * np.linspace(0.05, 3, _STEPS) ** 2 / 3
    several = len(np.unique(group[known])) > 1
    parts = [
        _given(y, variance, known, group, tau=tau, omega=omega, scale=scale)
        for tau in grid
        for omega in (grid if several else [scale])
    ]
    # Each point stands for as much as lies around it.
    step = np.gradient(grid)
    share = np.array([part[0] for part in parts]) + np.log(np.outer(step, step if several else [1.0]).ravel())
    share = np.exp(share - share.max())
    share /= share.sum()
    mean, var, group_mean, group_var, weight = (np.array([part[1][k] for part in parts]) for k in range(5))
    return Pooled(
        *_mixed(share, mean, var), *_mixed(share, group_mean, group_var), np.asarray(share @ weight)
    )


def _given(
    y: Floats,
    variance: Floats,
    known: NDArray[np.bool_],
    group: NDArray[np.int64],
    *,
    tau: float,
    omega: float,
    scale: float,
) -> tuple[float, tuple[Floats, Floats, Floats, Floats, Floats]]:
    """Log of the restricted likelihood with priors, and the posterior, where τ and ω are known."""
    count = int(group.max()) + 1
    precision = np.where(known, 1 / (variance + tau**2), 0.0)
    total = np.bincount(group, precision, count)
    some = total > 0
    within_variance = 1 / np.where(some, total, 1.0)
    mean = np.bincount(group, precision * y, count) * within_variance
    # With one group its mean is the mean of all: ω has no part.
    between = omega**2 if some.sum() > 1 else 0.0
    outer = np.where(some, 1 / (between + within_variance), 0.0)
    centre, centre_variance = (outer @ mean) / outer.sum(), 1 / outer.sum()
    likelihood = 0.5 * (
        np.log(precision[known]).sum() - np.log(total[some]).sum() + np.log(outer[some]).sum() - np.log(outer.sum())
        - precision @ (y - mean[group]) ** 2 - outer @ (mean - centre) ** 2
    )  # fmt: skip
    pulled = np.where(some, within_variance * outer, 1.0)
    group_mean = pulled * centre + (1 - pulled) * mean
    group_variance = np.where(some, between * pulled, omega**2) + pulled**2 * centre_variance
    kept = np.where(known, tau**2 / (tau**2 + variance), 0.0)
    of_group, of_group_variance = group_mean[group], group_variance[group]
    posterior = (
        kept * y + (1 - kept) * of_group,
        np.where(known, kept * variance, tau**2) + (1 - kept) ** 2 * of_group_variance,
        of_group,
        of_group_variance + tau**2,
        kept,
    )
    return float(likelihood + np.log(tau) - (tau**2 + omega**2) / (2 * scale**2)), posterior


def _mixed(share: Floats, mean: Floats, variance: Floats) -> tuple[Floats, Floats]:
    """Mean and standard deviation of a mixture."""
    centre = share @ mean
    return np.asarray(centre), np.sqrt(share @ (variance + (mean - centre) ** 2))
