"""Which kind of series is which: models that are good for one are bad for another, and errors of one kind say nothing of another.

Syntetos and Boylan (2005), The accuracy of intermittent demand estimates; Syntetos, Boylan and Croston (2005), On the categorization of
demand patterns: by the mean interval between periods with demand (p, cut at 1.32) and the squared coefficient of variation of demand
where there is any (CV², cut at 0.49).
"""

from __future__ import annotations

import numpy as np

from fondaco.analytics.forecasting.panel import Bools, Ints, Panel, Strings

CLASSES = ("smooth", "erratic", "intermittent", "lumpy", "new", "ended")
LONGEST_INTERVAL, LARGEST_CV2 = 1.32, 0.49
NEW_WEEKS = 8
"""An item that could be bought in fewer weeks is new: what it sells says less than what its group sells."""
_ENDED_CHANCE = 1e-3
_ENDED_WEEKS = 8


def classify(panel: Panel) -> Strings:
    """The class of every series, as its known periods have it.

    ``smooth`` sells nearly every period and evenly, ``erratic`` unevenly, ``intermittent`` now and then, ``lumpy`` now and then and
    unevenly. ``new`` could be bought in fewer than eight weeks. ``ended`` could be bought for eight weeks at least since its last sale, and
    at its former rate so long a silence had less than one chance in a thousand, (1 − 1/p)ⁿ: a long stretch without stock is no silence, nor is one that came a year ago too, for such
    goods have a season.
    """
    known = panel.known
    sold = np.where(known, panel.quantity, 0.0)
    periods, sales = known.sum(axis=1), (sold > 0).sum(axis=1)
    weeks = periods * panel.rhythm.days / 7
    last = np.where(sales > 0, panel.columns - 1 - (sold[:, ::-1] > 0).argmax(axis=1), panel.start - 1)
    silent = (known & (np.arange(panel.columns) > last[:, np.newaxis])).sum(axis=1)
    active = np.maximum(periods - silent, 1)
    interval = active / np.maximum(sales, 1)
    mean = sold.sum(axis=1) / np.maximum(sales, 1)
    square = (sold**2).sum(axis=1) / np.maximum(sales, 1)
    cv2 = np.where(sales > 1, square / np.where(mean > 0, mean, 1.0) ** 2 - 1, 0.0)
    often, even = interval <= LONGEST_INTERVAL, cv2 <= LARGEST_CV2
    # One more trial without a sale keeps the rate of an item that sold every day below certainty.
    silence = silent * np.log1p(-(sales + 0.5) / (active + 1.0))
    is_ended = (silent * panel.rhythm.days >= _ENDED_WEEKS * 7) & (silence < np.log(_ENDED_CHANCE))
    found = np.select(
        [
            is_ended & (weeks >= NEW_WEEKS) & ~_silent_last_year(panel, last),
            weeks < NEW_WEEKS,
            often & even,
            often,
            even,
        ],
        ["ended", "new", "smooth", "erratic", "intermittent"],
        "lumpy",
    )
    return np.asarray(found, dtype=np.str_)


def _silent_last_year(panel: Panel, last: Ints) -> Bools:
    """Where nothing was sold in the same periods of the year before either, though it could be for eight weeks of them."""
    year, columns = panel.rhythm.year, np.arange(panel.columns)
    then = (columns > last[:, np.newaxis] - year) & (columns < panel.columns - year) & panel.known
    enough = then.sum(axis=1) * panel.rhythm.days >= _ENDED_WEEKS * 7
    return np.asarray(enough & ~((panel.quantity > 0) & then).any(axis=1))
