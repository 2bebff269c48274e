"""MBG/NBD: as BG/NBD, but a customer may leave after the first purchase too.

Batislam, Denizel and Filiztekin (2007), Empirical Validation and Comparison of Models for Customer Base Analysis, International
Journal of Research in Marketing 24(3), 201-209. What BG/NBD says of customers who had x chances to leave holds here for x + 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from numpy.typing import ArrayLike

from fondaco.analytics.clv.bg_nbd import BGNBD, STARTS, Likelihood
from fondaco.analytics.clv.fit import fit_over_days
from fondaco.analytics.clv.histories import histories


@dataclass(frozen=True, slots=True)
class MBGNBD(BGNBD):
    """The model with its parameters, named as in ``BGNBD``. Who has bought once only may have left, the likelier the longer ago."""

    chances_at_first: ClassVar[int] = 1


def fit_mbg_nbd(frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> MBGNBD:
    """Fit by maximum likelihood with analytic gradients.

    Parameters
    ----------
    frequency, recency, age
        As in ``fondaco.analytics.clv``, a number a customer; recency and age in days.

    Raises
    ------
    ConfigError
        If a history cannot be, or the likelihood has no optimum.
    """
    return fit_over_days(
        MBGNBD,
        partial(Likelihood, chances_at_first=1),
        STARTS,
        histories(frequency, recency, age),
        parameters=("r", "alpha", "a", "b"),
        in_days=frozenset({"alpha"}),
    )
