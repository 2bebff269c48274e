"""What else moves sales: the season, a trend, promotions, and what the neighbours cost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fondaco.analytics.pricing.panel import Floats, Panel, within
from fondaco.errors import ConfigError

_YEARS_FOR_A_WAVE = 0.95
_YEARS_FOR_A_SECOND_WAVE = 1.95


@dataclass(frozen=True, slots=True)
class Controls:
    """What is held still while price is looked at.

    Attributes
    ----------
    year
        Periods of a year: 52.18 for weeks, 365.25 for days. A history of under a year gets no season, one of under two years a
        single wave.
    trend
        Whether sales may grow or fall evenly.
    rivals
        Whether the mean price of the other products of the group, at the same location and period, is held still. Without it a
        price that moves with the neighbours' looks less elastic than it is.
    """

    year: float = 52.18
    trend: bool = True
    rivals: bool = False

    def __post_init__(self) -> None:
        if not self.year > 2:
            raise ConfigError(
                f"A year has {self.year:g} periods.", "Give 52.18 for weeks, or 365.25 for days."
            )


@dataclass(frozen=True, slots=True)
class Columns:
    """Columns of a regression: the logarithm of price first, then promotions, rivals, trend and season.

    Attributes
    ----------
    names
        One for each column.
    values
        Rows × columns.
    """

    names: tuple[str, ...]
    values: Floats

    def at(self, kinds: tuple[str, ...]) -> NDArray[np.int64]:
        """Places of the columns whose names begin so."""
        return np.array([k for k, name in enumerate(self.names) if name.startswith(kinds)], dtype=np.int64)


def columns_of(panel: Panel, controls: Controls, group: NDArray[np.str_], span: tuple[int, int]) -> Columns:
    """Columns for all rows.

    Parameters
    ----------
    group
        Of each product.
    span
        First and last period of what is fitted; the trend runs from 0 to 1 over it and stands still
        beyond, and the season is as rich as it allows.
    """
    found = {"price": np.log(panel.price)}
    found |= {f"promotion {name}": column for name, column in panel.promotions.items()}
    if controls.rivals:
        found["rivals"] = _rivals(panel, group)
    first, last = span
    if controls.trend:
        found["trend"] = np.clip((panel.period - first) / max(last - first, 1), 0, 1)
    years = (last - first + 1) / controls.year
    waves = int(years >= _YEARS_FOR_A_WAVE) + int(years >= _YEARS_FOR_A_SECOND_WAVE)
    for wave in range(1, waves + 1):
        angle = 2 * np.pi * wave * panel.period / controls.year
        found |= {f"season sine {wave}": np.sin(angle), f"season cosine {wave}": np.cos(angle)}
    return Columns(tuple(found), np.column_stack(list(found.values())))


def _rivals(panel: Panel, group: NDArray[np.str_]) -> Floats:
    """Mean logarithm of the other products' prices, each beside its own usual one; 0 where there is no other."""
    _, number = np.unique(group, return_inverse=True)
    moved = within(np.log(panel.price), panel.series)
    key = np.stack([number[panel.product], panel.location, panel.period])
    _, cell = np.unique(key, axis=1, return_inverse=True)
    cell = cell.ravel()
    others = np.bincount(cell)[cell] - 1
    total = np.bincount(cell, moved)[cell] - moved
    return np.asarray(np.where(others > 0, total / np.maximum(others, 1), 0.0))
