"""Sums that agree from variant to total: each level is forecast by itself, since a total knows of seasons what no variant can, and then all are
made to fit.

Minimum trace: Wickramasuriya, Athanasopoulos and Hyndman (2019), Optimal forecast reconciliation for hierarchical and grouped time series
through trace minimization. With C = [I −S], for which C y = 0 says that sums agree, and the covariance W of the errors of all nodes,
ỹ = ŷ − W Cᵀ (C W Cᵀ)⁻¹ C ŷ. W is the sample covariance of back-test errors, shrunk towards its diagonal by Schäfer and Strimmer (2005);
of more nodes than ``MOST_CORRELATED``, or where back-tests did not forecast all of them, its diagonal alone. Negative forecasts of variants
are set to 0 and summed again, as Di Fonzo and Girolimetto (2023) do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from fondaco.analytics.forecasting.panel import Floats, Ints
from fondaco.errors import ConfigError

MOST_CORRELATED = 1_500
"""Nodes whose covariances are used; of more, variances."""
_GRAIN = 2.0**-20
Method = Literal["bottom-up", "mint"]


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """Which node of each level every variant belongs to; levels need not lie within each other, such as category and location.

    Attributes
    ----------
    codes
        By level, a number of a node for each variant, from 0 on without a gap.
    """

    codes: Mapping[str, Ints]

    @property
    def sizes(self) -> dict[str, int]:
        """Nodes of each level."""
        return {name: int(code.max()) + 1 for name, code in self.codes.items()}

    @property
    def upper(self) -> int:
        """Nodes above the variants."""
        return sum(self.sizes.values())

    def summed(self, variants: Floats) -> dict[str, Floats]:
        """Sums of the variants, a row a node, by level."""
        found = {}
        for name, code in self.codes.items():
            total = np.zeros((self.sizes[name], *variants.shape[1:]))
            np.add.at(total, code, variants)
            found[name] = total
        return found


def reconciled(
    hierarchy: Hierarchy,
    upper: Mapping[str, Floats],
    variants: Floats,
    *,
    method: Method = "mint",
    errors: Floats | None = None,
    variances: Floats | None = None,
) -> Floats:
    """Forecasts of the variants, series × periods, whose sums are those of all levels: sum them by ``Hierarchy.summed``.

    They are multiples of a 2²⁰th of a unit, so that sums are exact in whatever order they are made.

    Parameters
    ----------
    upper
        Forecasts of each level's nodes, nodes × periods.
    errors
        Of back-tests, nodes × times, all levels in the order of the hierarchy and then the variants.
    variances
        Of the errors, by node, where ``errors`` are not known.

    Raises
    ------
    ConfigError
        If neither errors nor variances are given for minimum trace, or they do not fit.
    """
    if method == "bottom-up":
        return _whole(variants)
    if method != "mint":
        raise ConfigError(f"There is no way {method!r} to reconcile.", "Choose from bottom-up, mint.")
    nodes = hierarchy.upper + len(variants)
    given = errors if errors is not None else variances
    if given is None or len(given) != nodes:
        raise ConfigError(
            f"Of {nodes} nodes the errors of {0 if given is None else len(given)} are given.",
            "Give the errors or variances of every level and the variants, or sum bottom-up.",
        )
    said = np.concatenate([*(upper[name] for name in hierarchy.codes), variants])
    if errors is not None:
        found = _by_covariance(hierarchy, said, shrunk_covariance(errors))
    else:
        found = _by_variance(hierarchy, said, np.asarray(variances))
    return _whole(found[hierarchy.upper :])


def _by_covariance(hierarchy: Hierarchy, said: Floats, covariance: Floats) -> Floats:
    constraint = _constraint(hierarchy, said).toarray()
    spread = covariance @ constraint.T
    return np.asarray(said - spread @ np.linalg.solve(constraint @ spread, constraint @ said))


def _by_variance(hierarchy: Hierarchy, said: Floats, variances: Floats) -> Floats:
    constraint = _constraint(hierarchy, said)
    spread = constraint.T.multiply(_positive(variances)[:, np.newaxis]).tocsr()
    return np.asarray(said - spread @ np.linalg.solve((constraint @ spread).toarray(), constraint @ said))


def _constraint(hierarchy: Hierarchy, said: Floats):  # type: ignore[no-untyped-def]
    """C, sparse."""
    from scipy.sparse import csr_matrix, hstack, identity

    first, rows, columns = 0, [], []
    variants = len(said) - hierarchy.upper
    for name, code in hierarchy.codes.items():
        rows.append(code + first)
        columns.append(np.arange(variants))
        first += hierarchy.sizes[name]
    row, column = np.concatenate(rows), np.concatenate(columns)
    sums = csr_matrix((-np.ones(len(row)), (row, column)), shape=(hierarchy.upper, variants))
    return hstack([identity(hierarchy.upper), sums]).tocsr()


def shrunk_covariance(errors: Floats) -> Floats:
    """Covariance of the rows around 0, with correlations drawn towards none by Schäfer and Strimmer's (2005) share.

    Rows without an error get a millionth of the mean variance, so that it can be inverted.
    """
    times = errors.shape[1]
    variance = _positive((errors**2).mean(axis=1))
    scaled = errors / np.sqrt(variance)[:, np.newaxis]
    correlation = scaled @ scaled.T / times
    square = (scaled**2) @ (scaled**2).T / times
    noise = (square - correlation**2) / max(times - 1, 1)
    apart = ~np.eye(len(errors), dtype=bool)
    strength = (correlation[apart] ** 2).sum()
    share = min(1.0, float(noise[apart].sum() / strength)) if strength > 0 else 1.0
    drawn = correlation * (1 - share)
    np.fill_diagonal(drawn, 1.0)
    spread = np.sqrt(variance)
    return np.asarray(drawn * spread[:, np.newaxis] * spread)


def _positive(variances: Floats) -> Floats:
    mean = variances.mean() if len(variances) and variances.mean() > 0 else 1.0
    return np.maximum(variances, 1e-6 * mean)


def _whole(variants: Floats) -> Floats:
    return np.asarray(np.rint(np.maximum(variants, 0.0) / _GRAIN) * _GRAIN)
