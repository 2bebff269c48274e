"""Which forecast is best for which class of series: all are tried on the same stretches of the past, each from what was known before.

Rolling-origin back-tests: Tashman (2000), Out-of-sample tests of forecasting accuracy. The winner is the one with the least WRMSSE-like error
over all origins; the error that is told of it is the one that was had at each origin by choosing at the others, so that winning by chance is no
merit. A class takes a winner of its own only where that beats the winner over all series by more than a standard error; Breiman, Friedman,
Olshen and Stone (1984), 3.4.3, on why the simpler of two that are as good is the better one.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from fondaco.analytics.forecasting.classes import CLASSES, NEW_WEEKS, classify
from fondaco.analytics.forecasting.contestants import Contestant
from fondaco.analytics.forecasting.measures import naive_scales, rmsse, value_sold, weighted
from fondaco.analytics.forecasting.panel import Bools, Floats, Ints, Panel, Strings
from fondaco.analytics.forecasting.simple import NAIVE
from fondaco.errors import ConfigError

LEAST_TESTS = 8
"""Back-tests of a series that a class needs for a winner of its own; with fewer it takes that of all series."""
_MOST_MEMBERS = 4


@dataclass(frozen=True, slots=True)
class BackTest:
    """What every contestant said at one origin, and what came.

    Attributes
    ----------
    past
        The panel as it was known at the origin, with the series of ``rows`` alone.
    rows
        Of the whole panel: those that had begun, and at most so many as were asked for, of every class.
    forecasts
        By contestant, rows × periods ahead.
    scale, weight
        Of the error of each row.
    """

    origin: int
    past: Panel
    rows: Ints
    classes: Strings
    actual: Floats
    known: Bools
    forecasts: Mapping[str, Floats]
    scale: Floats
    weight: Floats

    def errors(self, forecast: Floats) -> Floats:
        """RMSSE of each row."""
        return rmsse(self.actual, forecast, self.known, self.scale)


@dataclass(frozen=True, slots=True)
class Choice:
    """A forecast, or the mean or median of several.

    Attributes
    ----------
    members
        Contestants.
    how
        ``alone``, ``mean`` or ``median``.
    """

    members: tuple[str, ...]
    how: str = "alone"

    @property
    def name(self) -> str:
        return self.members[0] if self.how == "alone" else f"{self.how} of {', '.join(self.members)}"

    def of(self, forecasts: Mapping[str, Floats]) -> Floats:
        """The forecast, from those of its members."""
        stacked = np.stack([forecasts[name] for name in self.members])
        return np.asarray(np.median(stacked, axis=0) if self.how == "median" else stacked.mean(axis=0))


ENDED = Choice(("nothing",))
"""Of ended series: 0."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How the tournament of a class ended.

    Attributes
    ----------
    winner
        What forecasts the class from now on.
    error
        WRMSSE of choosing so, at origins that had no part in the choice; NaN where there is a single origin.
    naive_error
        WRMSSE of seasonal naive on the same.
    scores
        WRMSSE of every contestant alone over all origins, the best first.
    tests
        Back-tests of a series that count.
    """

    series_class: str
    winner: Choice
    error: float
    naive_error: float
    scores: tuple[tuple[str, float], ...]
    series: int
    tests: int


def origins_of(panel: Panel, horizon: int, count: int) -> list[int]:
    """Columns at which back-tests begin, latest first: a horizon apart, closer where the history is short.

    Raises
    ------
    ConfigError
        If the horizon is none, too long, or no history is left for a single back-test.
    """
    longest = panel.rhythm.longest
    if not 1 <= horizon <= longest:
        raise ConfigError(
            f"The forecast is to reach {horizon} {panel.period}s ahead.",
            f"Choose from 1 to {longest} {panel.period}s: 26 weeks are the longest horizon.",
        )
    latest = panel.columns - horizon
    earliest = NEW_WEEKS * 7 // panel.rhythm.days
    if latest < earliest:
        raise ConfigError(
            f"{panel.columns} {panel.period}s of history are too few to try a forecast of {horizon} on them.",
            f"Give at least {earliest + horizon} {panel.period}s, or forecast less far ahead.",
        )
    apart = max(1, min(horizon, (latest - earliest) // max(count - 1, 1)))
    return [latest - number * apart for number in range(count) if latest - number * apart >= earliest]


def back_tests(
    panel: Panel,
    horizon: int,
    contestants: Sequence[Contestant],
    *,
    origins: int,
    most_series: int,
    seed: int,
    workers: int = 1,
) -> list[BackTest]:
    """Try all contestants at several origins, ``workers`` at once. Those that learn from all series do; at most ``most_series`` are forecast."""
    chance = np.random.default_rng(seed)
    found = []
    for origin in origins_of(panel, horizon, origins):
        past = panel.until(origin)
        begun = np.flatnonzero(past.start < origin)
        if not len(begun) or not past.known.any():
            continue
        classes = classify(past.of(begun))
        rows = begun[_drawn(classes, most_series, chance)]
        # The others stay for those who learn from all, but series that had not begun were not known.
        seen = past.of(begun)
        places = np.searchsorted(begun, rows)
        some = seen.of(places)
        found.append(
            BackTest(
                origin=origin,
                past=some,
                rows=rows,
                classes=classes[places],
                actual=panel.quantity[rows, origin : origin + horizon],
                known=panel.known[rows, origin : origin + horizon],
                forecasts=_said(contestants, seen, horizon, places, workers),
                scale=naive_scales(some)[0],
                weight=value_sold(some),
            )
        )
    if not found:
        raise ConfigError(
            "No series had begun before the earliest back-test.",
            "Give more history, or forecast less far ahead.",
        )
    return found


def _said(
    contestants: Sequence[Contestant], seen: Panel, horizon: int, rows: Ints, workers: int
) -> dict[str, Floats]:
    # What warns is ignored until all are done: filters are those of the process, not of a thread. The last of the list take longest, so they begin.
    with warnings.catch_warnings(), ThreadPoolExecutor(workers) as pool:
        warnings.simplefilter("ignore")
        begun = {one.name: pool.submit(one.forecast, seen, horizon, rows) for one in reversed(contestants)}
        return {one.name: begun[one.name].result() for one in contestants}


def _drawn(classes: Strings, most: int, chance: np.random.Generator) -> Ints:
    """Places of at most so many, of every class as many as there are up to its share."""
    if len(classes) <= most:
        return np.arange(len(classes))
    names, counts = np.unique(classes, return_counts=True)
    kept = []
    left, parts = most, len(names)
    for place in np.argsort(counts):
        take = min(int(counts[place]), left // parts)
        of_class = np.flatnonzero(classes == names[place])
        kept.append(chance.choice(of_class, take, replace=False))
        left, parts = left - take, parts - 1
    return np.sort(np.concatenate(kept))


@dataclass(frozen=True, slots=True)
class Tournament:
    """Winners by class.

    Attributes
    ----------
    choices
        By class.
    at_origin
        By class, what would have been chosen for each back-test without it.
    """

    standings: tuple[Standing, ...]
    choices: Mapping[str, Choice]
    at_origin: Mapping[str, tuple[Choice, ...]]

    def tested(self, test: BackTest, number: int) -> Floats:
        """What the winners said at a back-test by which they were not chosen."""
        return combined(test.classes, {name: each[number] for name, each in self.at_origin.items()}, test.forecasts)  # fmt: skip


def hold(tests: Sequence[BackTest]) -> Tournament:
    """Find the winner of every class, and of all for classes too small."""
    everywhere = _of_class(tests, None)
    standings, choices, at_origin = [], {}, {}
    for name in CLASSES:
        count = sum(int((test.classes == name).sum()) for test in tests)
        own = _of_class(tests, name) if count >= LEAST_TESTS and name != "ended" else everywhere
        choice = ENDED if name == "ended" else own[0]
        choices[name] = choice
        at_origin[name] = (ENDED,) * len(tests) if name == "ended" else own[1]
        if count:
            standings.append(_standing(tests, name, choice, at_origin[name], count))
    return Tournament(tuple(standings), choices, at_origin)


def _of_class(tests: Sequence[BackTest], name: str | None) -> tuple[Choice, tuple[Choice, ...]]:
    """The winner over all origins, and over all but each."""
    table, everything = _Errors(tests, name), _Errors(tests, None)

    def best(origins: Sequence[int]) -> Choice:
        own, overall = table.best(origins), everything.best(origins)
        return own if table.is_better(own, overall, origins) else overall

    every = list(range(len(tests)))
    if len(tests) == 1:
        return best(every), (best(every),)
    return best(every), tuple(best([other for other in every if other != one]) for one in every)


class _Errors:
    """Errors of a class at every origin, by choice, each worked out once."""

    def __init__(self, tests: Sequence[BackTest], name: str | None) -> None:
        self._tests = tests
        self._rows = [test.classes != "ended" if name is None else test.classes == name for test in tests]
        self._found: dict[tuple[Choice, int], tuple[Floats, Floats]] = {}

    def best(self, origins: Sequence[int]) -> Choice:
        """Of single contestants, and of means and medians of the best two to four."""
        singles = [Choice((name,)) for name in self._tests[0].forecasts]
        singles.sort(key=lambda one: self.error(one, origins))
        several = [
            Choice(tuple(sorted(one.members[0] for one in singles[:count])), how)
            for count in range(2, min(_MOST_MEMBERS, len(singles)) + 1)
            for how in ("mean", "median")
            if count > 2 or how == "mean"
        ]
        return min([*several, *singles], key=lambda one: self.error(one, origins))

    def error(self, choice: Choice, origins: Sequence[int]) -> float:
        """WRMSSE over the origins together; infinite where nothing counts."""
        parts = [self._at(choice, origin) for origin in origins]
        mass = sum(weights.sum() for _, weights in parts)
        return float(sum(errors @ weights for errors, weights in parts) / mass) if mass > 0 else float("inf")

    def is_better(self, one: Choice, other: Choice, origins: Sequence[int]) -> bool:
        """Whether one errs less than the other by more than a standard error of the difference."""
        if one == other:
            return False
        gains, masses = [], []
        for origin in origins:
            errors, weights = self._at(one, origin)
            gains.append(self._at(other, origin)[0] - errors)
            masses.append(weights)
        gain, weight = np.concatenate(gains), np.concatenate(masses)
        if weight.sum() <= 0:
            return False
        mean = float(gain @ weight / weight.sum())
        return mean > float(np.sqrt((weight**2 * (gain - mean) ** 2).sum()) / weight.sum())

    def _at(self, choice: Choice, origin: int) -> tuple[Floats, Floats]:
        """Error and weight of each row that has both."""
        key = (choice, origin)
        if key not in self._found:
            test, rows = self._tests[origin], self._rows[origin]
            said = choice.of({name: test.forecasts[name][rows] for name in choice.members})
            errors = rmsse(test.actual[rows], said, test.known[rows], test.scale[rows])
            there = np.isfinite(errors)
            self._found[key] = errors[there], _weights(test)[rows][there]
        return self._found[key]


def _weights(test: BackTest) -> Floats:
    """Shares of value, of which a thousandth is spread evenly: a class that sold nothing of late has a best forecast too."""
    total = test.weight.sum()
    even = np.full(len(test.weight), 1 / max(len(test.weight), 1))
    return even if total <= 0 else 0.999 * test.weight / total + 0.001 * even


def combined(classes: Strings, choices: Mapping[str, Choice], forecasts: Mapping[str, Floats]) -> Floats:
    """Each series' forecast by the choice of its class."""
    found = np.zeros_like(next(iter(forecasts.values())))
    for name in np.unique(classes):
        choice = choices[str(name)]
        rows = classes == name
        if choice is not ENDED:
            found[rows] = choice.of({each: forecasts[each][rows] for each in choice.members})
    return found


def _standing(
    tests: Sequence[BackTest], name: str, choice: Choice, chosen: Sequence[Choice], count: int
) -> Standing:
    table = _Errors(tests, name)
    every = list(range(len(tests)))
    naive = Choice((NAIVE,))
    told = [_scored(test, name, one) for test, one in zip(tests, chosen, strict=True)]
    mass = sum(weight for _, weight in told)
    error = sum(each * weight for each, weight in told if weight) / mass if mass else float("nan")
    scores = [(each, table.error(Choice((each,)), every)) for each in tests[0].forecasts]
    series = len(set(np.concatenate([test.rows[test.classes == name] for test in tests]).tolist()))
    return Standing(
        name, choice, error if len(tests) > 1 else float("nan"), table.error(naive, every),
        tuple(sorted(scores, key=lambda one: one[1])), series, count,
    )  # fmt: skip


def _scored(test: BackTest, name: str, choice: Choice) -> tuple[float, float]:
    rows = test.classes == name
    said = np.zeros((int(rows.sum()), test.actual.shape[1]))
    if choice is not ENDED:
        said = choice.of({each: test.forecasts[each][rows] for each in choice.members})
    errors = rmsse(test.actual[rows], said, test.known[rows], test.scale[rows])
    return weighted(errors, _weights(test)[rows]), float(_weights(test)[rows][np.isfinite(errors)].sum())
