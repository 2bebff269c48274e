"""What some locations have to spare goes to those that lack it, before anything is bought."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fondaco.errors import ConfigError


def share_out(needed: ArrayLike, worth: ArrayLike, spare: ArrayLike) -> NDArray[np.int64]:
    """Units of one article from each location with some to spare (columns) to each that needs some (rows).

    Who loses most without it is served first, from who has most to spare, so that few parcels are sent; all that can be moved is.

    Parameters
    ----------
    needed
        Units that each lacks.
    worth
        Money that each loses without them: the order in which they are served; of equal ones the earlier.
    spare
        Units that each can do without.

    Raises
    ------
    ConfigError
        If a number of units is negative.
    """
    lacking, left = np.array(needed, dtype=np.int64), np.array(spare, dtype=np.int64)
    if (lacking < 0).any() or (left < 0).any():
        raise ConfigError("A number of units to move is negative.", "Give units from 0 on.")
    moved = np.zeros((len(lacking), len(left)), dtype=np.int64)
    for row in np.argsort(-np.asarray(worth, dtype=float), kind="stable"):
        while lacking[row] > 0 and left.size and left.max() > 0:
            column = int(left.argmax())
            units = min(int(lacking[row]), int(left[column]))
            moved[row, column] += units
            lacking[row] -= units
            left[column] -= units
    return moved
