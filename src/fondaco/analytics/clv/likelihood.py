"""Maximum likelihood over positive parameters: the search, the standard errors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from fondaco.analytics.clv.histories import Floats
from fondaco.errors import ConfigError

Objective = Callable[[Floats], tuple[float, Floats]]
"""Of the logarithms of the parameters: the log-likelihood a customer, and its gradient."""

_BOUND = 15.0
"""Parameters stay within e^-15 and e^15: beyond that the likelihood is flat and the numbers mean nothing."""
_STEP = 1e-4
_NOWHERE = 1e10
_STILL = 1e-10
_WIDEST = 3.0
"""Standard error of a parameter's logarithm beyond which it is not told: e^3 is a factor of 20."""
_FLAT = 1e-9
_STEPS = 30


@dataclass(frozen=True, slots=True)
class Optimum:
    """Where the likelihood is highest.

    Attributes
    ----------
    parameters
        By the order in which the objective takes them.
    standard_errors
        Of the parameters, by the inverse of the observed information and the delta method; NaN where the likelihood is flat.
    log_likelihood
        Of all customers.
    is_undetermined
        A parameter ran to the edge, or may be many times as large or small: the data cannot tell it.
    """

    parameters: Floats
    standard_errors: Floats
    log_likelihood: float
    is_undetermined: bool


def maximise(
    objective: Objective,
    starts: Sequence[Sequence[float]],
    customers: float,
    *,
    sketch: Objective | None = None,
) -> Optimum:
    """The first optimum within the bounds that L-BFGS-B finds from ``starts`` (logarithms of parameters), else the highest at them.

    Parameters
    ----------
    customers
        How many the objective is a mean over.
    sketch
        The objective of a part of the customers: the search is made there first, and only its end with all of them.

    Raises
    ------
    ConfigError
        If none leads to one.
    """
    theta, value = _best(sketch or objective, starts)
    if sketch is not None:
        theta, value = _polish(objective, theta, _information(sketch, theta))
    if not np.isfinite(value):
        raise ConfigError(
            "The model cannot be fitted: its likelihood has no finite value.",
            "Check the histories; a few hundred customers with repeated purchases are needed.",
        )
    errors = _errors(objective, theta, customers)
    is_told = bool((errors < _WIDEST).all()) and not _is_at_bound(theta)  # NaN is not below anything
    return Optimum(np.exp(theta), np.exp(theta) * errors, value * customers, not is_told)


def _best(objective: Objective, starts: Sequence[Sequence[float]]) -> tuple[Floats, float]:
    """The first end of a search within the bounds, else the highest."""
    found = []
    for start in starts:
        theta, value = _search(objective, start)
        if np.isfinite(value) and not _is_at_bound(theta):
            return theta, value
        found.append((theta, value))
    return max(found, key=lambda end: end[1])


def _search(objective: Objective, start: Sequence[float] | Floats) -> tuple[Floats, float]:
    """Where L-BFGS-B ends, and the objective there; minus infinity where it has no finite value."""

    def loss(theta: Floats) -> tuple[float, Floats]:
        value, gradient = objective(theta)
        return (-value, -gradient) if np.isfinite(value) else (_NOWHERE, np.zeros_like(theta))

    found = minimize(
        loss,
        np.asarray(start, dtype=np.float64),
        jac=True,
        method="L-BFGS-B",
        bounds=[(-_BOUND, _BOUND)] * len(start),
        options={"maxiter": 500, "maxcor": 20, "ftol": 1e-14, "gtol": 1e-9},
    )
    return found.x, -float(found.fun) if found.fun < _NOWHERE else -np.inf


def _polish(objective: Objective, theta: Floats, information: Floats) -> tuple[Floats, float]:
    """Newton's steps from nearly the right place with nearly the right curvature; a search where they do not end."""
    start, value = theta, -np.inf
    if np.isfinite(information).all() and (np.linalg.eigvalsh(information) > _FLAT).all():
        for _ in range(_STEPS):
            value, gradient = objective(theta)
            if not np.isfinite(value):
                break
            if np.abs(gradient).max() < _STILL:
                return theta, value
            theta = np.clip(theta + np.linalg.solve(information, gradient), -_BOUND, _BOUND)
    return _search(objective, start)


def _is_at_bound(theta: Floats) -> bool:
    return bool((np.abs(theta) > _BOUND - 1e-3).any())


def _information(objective: Objective, theta: Floats) -> Floats:
    """Observed information a customer: minus the second derivatives, by differences of the gradient."""
    steps = np.eye(len(theta)) * _STEP
    rows = [(objective(theta + step)[1] - objective(theta - step)[1]) / (2 * _STEP) for step in steps]
    return -(np.array(rows) + np.array(rows).T) / 2


def _errors(objective: Objective, theta: Floats, customers: float) -> Floats:
    """Standard errors of the logarithms."""
    try:
        variances = np.diag(np.linalg.inv(_information(objective, theta) * customers))
    except np.linalg.LinAlgError:
        return np.full(len(theta), np.nan)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.sqrt(variances), dtype=np.float64)
