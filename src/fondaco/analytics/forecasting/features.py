"""What a model over all series sees of a series on a day, and of a period ahead of it. Quantities are told in units of the series' own level,
so that one model fits large and small ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fondaco.analytics.forecasting.calendar import month_day, weekday, year_part
from fondaco.analytics.forecasting.censoring import places_of, ratio
from fondaco.analytics.forecasting.panel import Floats, Ints, Panel

Table = NDArray[np.float32]
_SEASONS_BACK = 8


@dataclass(frozen=True, slots=True)
class Seen:
    """Series as of a day.

    Attributes
    ----------
    scale
        Level of each series, in units a period; 0 where it has never sold.
    columns
        A row a series.
    """

    scale: Floats
    columns: Table


class Features:
    """Running sums of a panel, from which all features of all days are differences.

    Prices and promotions of periods ahead are those planned; of sales nothing after the day is read.
    """

    def __init__(self, panel: Panel, horizon: int) -> None:
        self.panel, self.horizon = panel, horizon
        known = panel.known.astype(float)
        sold = panel.quantity * known
        self._sold, self._known = _summed(sold), _summed(known)
        self._square, self._sales = _summed(sold**2), _summed((sold > 0).astype(float))
        season = panel.rhythm.season
        self._season_sold, self._season_known = _by_season(sold, season), _by_season(known, season)
        # Units of a sale; where nothing sold yet, 1.
        self.sale_size = ratio(self._sold[:, -1], self._sales[:, -1], otherwise=1.0)
        self.last_sale = np.maximum.accumulate(np.where(sold > 0, np.arange(panel.columns), -1), axis=1)
        self._group_sums(sold, known)
        self.price = None if panel.price is None else panel.ahead(panel.price, horizon, absent="last")
        self.promotion = (
            None if panel.promotion is None else panel.ahead(panel.promotion, horizon, absent="nothing")
        )
        # A day more, for what comes after a day is felt on it.
        self.holiday = None if panel.holiday is None else panel.ahead(panel.holiday, horizon + 2, absent="nothing")  # fmt: skip
        if self.price is not None:
            self._price = _summed(self.price[:, : panel.columns])
        if self.promotion is not None:
            now = self.promotion[:, : panel.columns]
            self._promoted, self._promoted_sold = _summed(now * known), _summed(now * sold)

    def _group_sums(self, sold: Floats, known: Floats) -> None:
        """Sums of the finest and the coarsest group of each series, and of all."""
        labels = list(self.panel.groups.values())
        chosen = [labels[0], labels[-1]] if len(labels) > 1 else labels
        self._groups = []
        for label in (*chosen, np.full(len(self.panel), "")):
            code = np.unique(label, return_inverse=True)[1]
            groups = int(code.max()) + 1
            # Items count alike, so that a group's rise is not that of its largest.
            sums = []
            for values in (sold, known):
                summed = np.zeros((groups, self.panel.columns))
                np.add.at(summed, code, values)
                sums.append(_summed(summed))
            self._groups.append((code, sums[0], sums[1]))

    def seen(self, origin: int, rows: Ints) -> Seen:
        """Series as they stood before column ``origin``."""
        rhythm = self.panel.rhythm
        every = self._mean(0, origin, rows)
        quarter = self._mean(max(origin - 91 // rhythm.days, 0), origin, rows)
        scale = np.where(quarter > 0, quarter, np.nan_to_num(every))
        columns = [
            self._mean(max(origin - window, 0), origin, rows) / np.where(scale > 0, scale, np.nan)
            for window in rhythm.windows
            if window <= self.panel.columns
        ]
        first = max(origin - rhythm.windows[-2], 0)
        span = [
            sums[rows, origin] - sums[rows, first]
            for sums in (self._sold, self._known, self._square, self._sales)
        ]
        mean = ratio(span[0], span[1])
        columns += [
            ratio(span[3], span[1]),
            ratio(span[2], span[1]) / np.where(mean > 0, mean, np.nan) ** 2 - 1,
            np.log1p(span[3]),
            (origin - self.last_sale[rows, origin - 1]).astype(float),
            np.minimum(self._known[rows, origin], rhythm.year * 2.0),
        ]
        if self.promotion is not None:
            columns += self._promotion_seen(origin, rows)
        for code, sold, known in self._groups:
            columns += _group_trend(code[rows], sold, known, origin, rhythm.windows)
        return Seen(scale, np.stack(columns, axis=1).astype(np.float32))

    def _promotion_seen(self, origin: int, rows: Ints) -> list[Floats]:
        first = max(origin - self.panel.rhythm.month, 0)
        share = ratio(self._promoted[rows, origin] - self._promoted[rows, first],
                      self._known[rows, origin] - self._known[rows, first])  # fmt: skip
        on, on_sold = self._promoted[rows, origin], self._promoted_sold[rows, origin]
        off, off_sold = self._known[rows, origin] - on, self._sold[rows, origin] - on_sold
        mean = ratio(self._sold[rows, origin], self._known[rows, origin])
        lift = ratio(on_sold + 4 * mean, on + 4) / np.where(
            mean > 0, ratio(off_sold + 4 * mean, off + 4), 1.0
        )
        return [share, np.where(mean > 0, lift, 1.0)]

    def ahead(self, origin: int, step: Ints, rows: Ints, scale: Floats) -> Table:
        """What is known before ``origin`` of the period ``step`` (0 for the first) after it, one for each of ``rows``."""
        rhythm, panel = self.panel.rhythm, self.panel
        target = origin + step
        days = panel.first_day + target * rhythm.days
        safe = np.where(scale > 0, scale, np.nan)
        columns: list[Floats] = [step.astype(float)]
        if rhythm.season > 1:
            same = target - rhythm.season * (step // rhythm.season + 1)
            columns += [weekday(days).astype(float), month_day(days).astype(float)]
            columns += [self._same_season(same, rows, back) / safe for back in (4, _SEASONS_BACK, 52)]
            columns.append(np.where(same >= 0, panel.quantity[rows, np.maximum(same, 0)], np.nan) / safe)
        if panel.columns >= 2 * rhythm.year:
            columns.append(year_part(days))
        columns += self._last_year(origin, target, rows, safe)
        if self.price is not None:
            usual = self._price[rows, origin] - self._price[rows, max(origin - rhythm.month, 0)]
            columns.append(ratio(self.price[rows, target] * min(rhythm.month, origin), usual, 1.0))
        if self.promotion is not None:
            columns += [self.promotion[rows, target], self.promotion[rows, np.maximum(target - 1, 0)]]
        if self.holiday is not None:
            columns += [self.holiday[rows, np.maximum(target + near, 0)] for near in (-1, 0, 1, 2)]
        return np.stack(columns, axis=1).astype(np.float32)

    def _same_season(self, column: Ints, rows: Ints, back: int) -> Floats:
        """Mean of what is known of the last ``back`` seasons' same place, up to ``column``."""
        before = column - back * self.panel.rhythm.season
        found = []
        for sums in (self._season_sold, self._season_known):
            high = np.where(column >= 0, sums[rows, np.maximum(column, 0)], 0.0)
            found.append(high - np.where(before >= 0, sums[rows, np.maximum(before, 0)], 0.0))
        return np.asarray(np.where(found[1] > 0, found[0] / np.maximum(found[1], 1), np.nan))

    def _last_year(self, origin: int, target: Ints, rows: Ints, safe: Floats) -> list[Floats]:
        """The week around the period a year before, of the series and of its groups, against the four weeks before the day a year before."""
        year, near = self.panel.rhythm.year, max(7 // self.panel.rhythm.days // 2, 0)
        if origin - year < self.panel.rhythm.month:
            return [np.full(len(rows), np.nan)] * (1 + len(self._groups))
        low = np.clip(target - year - near, 0, origin)
        high = np.clip(target - year + near + 1, 1, origin)
        sold = self._sold[rows, high] - self._sold[rows, low]
        known = self._known[rows, high] - self._known[rows, low]
        columns = [np.where(known > 0, sold / np.maximum(known, 1), np.nan) / safe]
        first = origin - year
        for code, sums, counts in self._groups:
            group = code[rows]
            then = ratio(sums[group, high] - sums[group, low], counts[group, high] - counts[group, low])
            month = first - self.panel.rhythm.month
            before = ratio(
                sums[group, first] - sums[group, month], counts[group, first] - counts[group, month]
            )
            columns.append(np.where(before > 0, then / np.where(before > 0, before, 1.0), np.nan))
        return columns

    def _mean(self, first: int, end: int, rows: Ints) -> Floats:
        sold = self._sold[rows, end] - self._sold[rows, first]
        known = self._known[rows, end] - self._known[rows, first]
        return np.asarray(np.where(known > 0, sold / np.maximum(known, 1), np.nan))


def _summed(values: Floats) -> Floats:
    """Running sums along the columns, beginning with 0."""
    return np.concatenate([np.zeros((len(values), 1)), np.cumsum(values, axis=1)], axis=1)


def _by_season(values: Floats, season: int) -> Floats:
    """Running sums of the columns at the same place of the season."""
    found = values.copy()
    places = places_of(values.shape[1], season)
    for place in range(season):
        found[:, places == place] = np.cumsum(values[:, places == place], axis=1)
    return found


def _group_trend(
    code: Ints, sold: Floats, known: Floats, origin: int, windows: tuple[int, ...]
) -> list[Floats]:
    """Mean demand of the group's items over short stretches, against a longer one."""
    means = []
    for window in (windows[0], windows[2], windows[4]):
        first = max(origin - window, 0)
        means.append(ratio(sold[:, origin] - sold[:, first], known[:, origin] - known[:, first]))
    longest = np.where(means[-1] > 0, means[-1], 1.0)
    return [(mean / longest)[code] for mean in means[:-1]]
