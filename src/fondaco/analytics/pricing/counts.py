"""Regression of counts on logarithms: how units move with price, with an intercept for every location.

log E[units] = intercept of the location + Σ coefficient × column. The estimate needs this mean to be right and nothing else
(Gourieroux, Monfort and Trognon 1984), takes periods without a sale as they are, and has none of the bias of a regression of
logarithms where spread changes with price (Santos Silva and Tenreyro 2006). Rows are weighted as if the variance were
mean + spread × mean², that of the negative binomial (Cameron and Trivedi 2013, section 3.3).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fondaco.analytics.pricing.panel import Flags, Floats, Whole, within

_ROUNDS = 100
_TOLERANCE = 1e-8
_SPREADS = 3
_LONGEST_STEP = 4.0
_ENOUGH_LOCATIONS = 10


@dataclass(frozen=True, slots=True)
class CountFit:
    """A fitted regression of one product.

    Attributes
    ----------
    coefficients
        One for each column; 0 for a column that says nothing beyond the others.
    covariance
        Of the coefficients, robust to demand that hangs together within a period and over neighbouring ones.
    information
        What the rows say by the model alone: minus the second derivative of the log-likelihood.
    intercepts
        By place of a location; −∞ where nothing was sold.
    spread
        Of counts beyond Poisson, α.
    told
        Columns that could be told apart from the others.
    degrees
        Periods less columns.
    converged
        Whether the steps came to rest.
    """

    coefficients: Floats
    covariance: Floats
    information: Floats
    intercepts: Floats
    spread: float
    told: Flags
    degrees: int
    converged: bool

    @property
    def errors(self) -> Floats:
        """Standard errors of the coefficients, raised as a t distribution of so few periods spreads more than the normal one."""
        raised = self.degrees / (self.degrees - 2) if self.degrees > 2 else np.inf
        with np.errstate(invalid="ignore"):
            return np.asarray(np.where(self.told, np.sqrt(np.diag(self.covariance) * raised), np.inf))


def fit_counts(
    quantity: Floats, columns: Floats, location: Whole, period: Whole, asked: Sequence[int] = (0,)
) -> CountFit:
    """Fit units on ``columns`` (rows × columns).

    Parameters
    ----------
    asked
        Columns whose effects are asked for. Where one is a sum of others, it is the one that is left out: what the season explains is
        not taken for an effect of the price.


    Locations that sold nothing at all say nothing about the coefficients and are left out.
    """
    sold = np.bincount(location, quantity)[location] > 0
    y, x, cell, when = quantity[sold], columns[sold], location[sold], period[sold]
    scale = (
        np.array([within(x[:, j], cell).std() for j in range(x.shape[1])]) if len(y) else np.zeros(x.shape[1])
    )
    told = _told_apart(x, cell, scale, asked)
    count = columns.shape[1]
    degrees = len(np.unique(when)) - int(told.sum())
    if not len(y) or degrees < 1:
        empty = np.zeros((count, count))
        return CountFit(
            np.zeros(count), empty, empty, np.full(1, -np.inf), 0.0, np.zeros(count, bool), 0, False
        )
    z = x[:, told] / scale[told]
    fitted, mean, spread, converged = _with_spread(y, z, cell)
    weight = mean / (1 + spread * mean)
    centred = _centred(z, cell, weight)
    information = centred.T @ (weight[:, None] * centred)
    covariance = _covariance(centred, weight, (y - mean) / mean, information, period=when, cell=cell)
    intercepts = np.full(int(location.max()) + 1, -np.inf)
    intercepts[cell] = np.log(mean) - z @ fitted
    unit = 1 / scale[told]
    return CountFit(
        _spread_out(fitted * unit, told), _spread_out(covariance * np.outer(unit, unit), told),
        _spread_out(information / np.outer(unit, unit), told), intercepts, spread, told, degrees, converged,
    )  # fmt: skip


def _told_apart(x: Floats, cell: Whole, scale: Floats, asked: Sequence[int]) -> Flags:
    """Columns that move within locations and are no sum of others; of several, those that are not asked for stay."""
    told = np.zeros(x.shape[1], bool)
    basis = np.zeros((len(x), 0))
    controls = np.setdiff1d(np.arange(x.shape[1]), asked)
    for j in (int(j) for j in [*controls, *asked] if scale[j] > 1e-9):
        column = within(x[:, j], cell)
        left = column - basis @ (basis.T @ column)
        left -= basis @ (basis.T @ left)
        if np.linalg.norm(left) > 1e-6 * np.linalg.norm(column):
            told[j] = True
            basis = np.column_stack([basis, left / np.linalg.norm(left)])
    return told


def _with_spread(y: Floats, z: Floats, cell: Whole) -> tuple[Floats, Floats, float, bool]:
    spread, linear = 0.0, np.log(np.bincount(cell, y) / np.maximum(np.bincount(cell), 1) + 1e-12)[cell]
    used = z.shape[1] + len(np.unique(cell))
    fitted, mean, converged = _steps(y, z, cell, spread, linear)
    for _ in range(_SPREADS):
        found = _spread(y, mean, used)
        if abs(found - spread) <= 1e-4 * max(found, spread, 1e-3):
            break
        spread = found
        fitted, mean, converged = _steps(y, z, cell, spread, np.log(mean))
    return fitted, mean, spread, converged


def _steps(y: Floats, z: Floats, cell: Whole, spread: float, linear: Floats) -> tuple[Floats, Floats, bool]:
    """Iteratively reweighted least squares; intercepts are swept out by centring within locations."""
    fitted, converged, share, before = np.zeros(z.shape[1]), False, 1.0, np.inf
    for _ in range(_ROUNDS):
        mean = np.exp(np.clip(linear, -30, 30))
        weight = mean / (1 + spread * mean)
        working = linear + (y - mean) / mean
        centred = _centred(z, cell, weight)
        moment = centred.T @ (weight * within(working, cell, weight))
        if z.shape[1]:
            fitted = np.asarray(np.linalg.solve(centred.T @ (weight[:, None] * centred), moment))
        total = np.bincount(cell, weight)
        intercept = np.bincount(cell, weight * (working - z @ fitted)) / np.where(total > 0, total, 1.0)
        step = intercept[cell] + z @ fitted - linear
        longest = float(np.abs(step).max())
        # Steps that do not shrink go round in circles, as they may where counts spread widely: then they are made shorter.
        share = max(share / 2, 0.05) if longest > 0.8 * before else min(1.0, 1.5 * share)
        before = longest
        linear = linear + step * min(share, _LONGEST_STEP / max(longest, _TOLERANCE))
        converged = longest < _TOLERANCE * max(1.0, float(np.abs(linear).max()))
        if converged:
            break
    return fitted, np.exp(np.clip(linear, -30, 30)), converged


def _spread(y: Floats, mean: Floats, used: int) -> float:
    """α at which Pearson's statistic is what it should be, the rows less the parameters; 0 where counts spread no more than Poisson."""
    wanted, squares = max(len(y) - used, 1), (y - mean) ** 2
    low, high = 0.0, 1.0
    if (squares / mean).sum() <= wanted:
        return 0.0
    while (squares / (mean + high * mean**2)).sum() > wanted and high < 1e6:
        high *= 4
    for _ in range(50):
        middle = (low + high) / 2
        too_little = (squares / (mean + middle * mean**2)).sum() > wanted
        low, high = (middle, high) if too_little else (low, middle)
    return (low + high) / 2


def _covariance(
    x: Floats, weight: Floats, residual: Floats, information: Floats, *, period: Whole, cell: Whole
) -> Floats:
    """The widest of three: of sums of neighbouring periods, of sums of locations where there are enough, and of the model.

    Robust ones are noisy and lie too low in small samples; to take none below the model's is advice of Angrist and Pischke
    (2009), section 8.2. The correlations are those of the first.
    """
    score = x * (weight * residual)[:, None]
    _, place = np.unique(cell, return_inverse=True)
    over_time = _jackknife(x, weight, score, information, period - period.min(), neighbours=True)
    variances = [np.diag(over_time), np.diag(np.linalg.inv(information))]
    if place.max() + 1 >= _ENOUGH_LOCATIONS:
        variances.append(np.diag(_jackknife(x, weight, score, information, place, neighbours=False)))
    raise_by = np.sqrt(np.max(variances, axis=0) / np.maximum(np.diag(over_time), 1e-300))
    return np.asarray(over_time * np.outer(raise_by, raise_by))


def _jackknife(
    x: Floats, weight: Floats, score: Floats, information: Floats, cluster: Whole, *, neighbours: bool
) -> Floats:
    """Covariance by leaving out one cluster at a time (Bell and McCaffrey 2002, CR3), in one step from the fit.

    With ``neighbours``, clusters are periods, and those near each other count together with weights that fall off (Newey and West
    1987, on sums of periods as Driscoll and Kraay 1998).
    """
    clusters, columns = int(cluster.max()) + 1, x.shape[1]
    sums, own = np.zeros((clusters, columns)), np.zeros((clusters, columns, columns))
    order = np.argsort(cluster, kind="stable")
    found, starts = np.unique(cluster[order], return_index=True)
    for one, rows in zip(found, np.split(order, starts[1:]), strict=True):
        sums[one] = score[rows].sum(axis=0)
        own[one] = x[rows].T @ (weight[rows, None] * x[rows])
    # A hair of the whole keeps it solvable where one cluster alone tells of a column.
    left = information - own + 1e-6 * np.diag(np.diag(information))
    moved = np.linalg.solve(left, sums[:, :, None])[:, :, 0]
    known = len(found)
    covariance = moved.T @ moved
    reach = int(4 * (known / 100) ** (2 / 9)) if neighbours else 0
    for lag in range(1, min(reach, clusters - 1) + 1):
        both = moved[lag:].T @ moved[:-lag]
        covariance += (1 - lag / (reach + 1)) * (both + both.T)
    return np.asarray(covariance * (known - 1) / known)


def _centred(z: Floats, cell: Whole, weight: Floats) -> Floats:
    return np.column_stack([within(z[:, j], cell, weight) for j in range(z.shape[1])]) if z.shape[1] else z


def _spread_out(values: Floats, told: Flags) -> Floats:
    """Into places of all columns, 0 where a column was not told apart."""
    whole = np.zeros((len(told),) * values.ndim)
    whole[np.ix_(*(told,) * values.ndim)] = values
    return whole
