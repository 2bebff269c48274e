"""What is told of every fitted model, and how a model of purchases over time is fitted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from fondaco.analytics.clv.histories import SKETCH_ROWS, Histories
from fondaco.analytics.clv.likelihood import Objective, maximise


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """How a model came to its parameters; left out where somebody gives them.

    Attributes
    ----------
    log_likelihood
        Of all customers the model was fitted to, at the optimum.
    standard_errors
        By parameter; NaN where the data cannot tell it.
    customers
        How many the model was fitted to.
    is_undetermined
        The customers cannot tell some parameter, as where nobody has come back: read none of them.
    """

    log_likelihood: float = float("nan")
    standard_errors: dict[str, float] | None = None
    customers: int = 0
    is_undetermined: bool = False


Model = TypeVar("Model", bound=Fit)


def fit_over_days(
    model: Callable[..., Model],
    likelihood: Callable[[Histories, float], Objective],
    starts: Sequence[Sequence[float]],
    known: Histories,
    *,
    parameters: Sequence[str],
    in_days: frozenset[str],
) -> Model:
    """Fit a model of purchases over time by maximum likelihood.

    Parameters
    ----------
    likelihood
        Of histories whose days are divided by a scale: the mean log-likelihood a customer and its gradient.
    parameters
        Their names, in the order of the likelihood.
    in_days
        Those that are measured in days.

    Raises
    ------
    ConfigError
        If the likelihood has no optimum.
    """
    scale = float(known.age.max()) or 1.0  # the search is easier where time runs from 0 to 1
    sketch = likelihood(known.thinned(SKETCH_ROWS), scale) if len(known.age) > 2 * SKETCH_ROWS else None
    optimum = maximise(likelihood(known, scale), starts, known.total, sketch=sketch)
    scales = [scale if name in in_days else 1.0 for name in parameters]
    found = {
        name: float(value) * by
        for name, value, by in zip(parameters, optimum.parameters, scales, strict=True)
    }
    errors = {
        name: float(error) * by
        for name, error, by in zip(parameters, optimum.standard_errors, scales, strict=True)
    }
    # Time in other units changes the density of each purchase.
    purchases = float(known.customers @ known.frequency)
    return model(
        **found,
        log_likelihood=optimum.log_likelihood - purchases * float(np.log(scale)),
        standard_errors=errors,
        customers=int(known.total),
        is_undetermined=optimum.is_undetermined,
    )
