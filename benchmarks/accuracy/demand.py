"""``python -m benchmarks.accuracy.demand``: how right forecasts of demand are; writes docs/accuracy-demand.md."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.accuracy.datasets import Absent
from benchmarks.accuracy.demand_sets import DemandSet, load_all
from benchmarks.claim import timed
from fondaco.analytics.forecasting import available, classify
from fondaco.analytics.forecasting.calibration import calibrate, spread_of
from fondaco.analytics.forecasting.classes import CLASSES
from fondaco.analytics.forecasting.contestants import STATISTICAL, TREES, contestants
from fondaco.analytics.forecasting.measures import (
    covered,
    naive_scales,
    rmsse,
    scaled_pinball,
    value_sold,
    weighted,
)
from fondaco.analytics.forecasting.outlook import LEVELS
from fondaco.analytics.forecasting.panel import Floats
from fondaco.analytics.forecasting.simple import NAIVE
from fondaco.analytics.forecasting.tournament import (
    ENDED,
    BackTest,
    Choice,
    Tournament,
    back_tests,
    combined,
    hold,
)

PAGE = Path(__file__).parents[2] / "docs" / "accuracy-demand.md"
ORIGINS, MOST_TESTED, WORKERS = 3, 500, 2
BELOW_NAIVE, COVERAGE = 0.10, (0.76, 0.84)
FINE = np.arange(1, 80) / 80
PATHS = 400
WINNERS = "the winners, by class"


@dataclass(frozen=True, slots=True)
class Score:
    """What one way made of the hold-out.

    Attributes
    ----------
    coverage
        Share of what came that lay in the interval of 80 %, with the levels of ties (``measures.covered``).
    held
        The same, plainly counted, both ends included.
    """

    name: str
    wrmsse: float
    pinball: float
    coverage: float
    held: float


@dataclass(frozen=True, slots=True)
class Sums:
    """Units over the whole hold-out, along sample paths: orders are worked out from them.

    Attributes
    ----------
    coverage
        Share of series whose sum lay in the interval of 80 %, with the levels of ties.
    told, came
        Units of all series on average, and those that came.
    """

    coverage: float
    told: float
    came: float


@dataclass(frozen=True, slots=True)
class Measured:
    """A data set, what each way made of it, the winners by class with coverage of each, and what their sample paths add up to."""

    data: DemandSet
    scores: tuple[Score, ...]
    oracle: float | None
    classes: tuple[tuple[str, int, str, float], ...]
    sums: Sums
    seconds: float

    def of(self, name: str) -> Score:
        return next(one for one in self.scores if one.name == name)

    @property
    def best_library(self) -> tuple[Score, Score]:
        """The single models of libraries that did best on the hold-out, by WRMSSE and by pinball."""
        single = [one for one in self.scores if one.name in {*STATISTICAL, TREES}]
        return min(single, key=lambda one: one.wrmsse), min(single, key=lambda one: one.pinball)


def measure(data: DemandSet) -> Measured:
    """Hold the tournament on what is known, and all its contestants against what came."""
    players = contestants(available(), seed=0, workers=WORKERS)
    panel, horizon = data.known, data.horizon
    with timed() as taken:
        tests = back_tests(
            panel, horizon, players, origins=ORIGINS, most_series=MOST_TESTED, seed=0, workers=WORKERS
        )
        held = hold(tests)
        rows = np.arange(len(panel))
        said = {one.name: one.forecast(panel, horizon, rows) for one in players}
    classes = classify(panel)
    every = {one.name: _alone(one.name, len(tests)) for one in players} | {WINNERS: held}
    scores, by_class = [], []
    sums = _sums(data, tests, held, combined(classes, held.choices, said))
    for name, one in every.items():
        mean = combined(classes, one.choices, said)
        score, inside = _score(data, name, tests, one, mean)
        scores.append(score)
        if one is held:
            by_class = [
                (
                    each,
                    int((classes == each).sum()),
                    held.choices[each].name,
                    float(inside[classes == each].mean()),
                )
                for each in CLASSES
                if (classes == each).any()
            ]
    oracle = None if data.mean is None else _wrmsse(data, data.mean)
    scores.sort(key=lambda one: one.wrmsse)
    return Measured(data, tuple(scores), oracle, tuple(by_class), sums, taken.seconds)


def _alone(name: str, tests: int) -> Tournament:
    choice = Choice((name,))
    choices = {each: ENDED if each == "ended" else choice for each in CLASSES}
    return Tournament((), choices, {each: (one,) * tests for each, one in choices.items()})


def _score(
    data: DemandSet, name: str, tests: Sequence[BackTest], held: Tournament, mean: Floats
) -> tuple[Score, Floats]:
    panel = data.known
    calibration = calibrate(tests, held, is_whole=panel.is_whole, seed=0)
    spread, classes = spread_of(panel, mean), classify(panel)
    levels = np.asarray(LEVELS)
    quantiles = calibration.quantiles(mean, spread, classes, levels)
    everywhere = np.ones(data.actual.shape, dtype=bool)
    loss = scaled_pinball(data.actual, quantiles, levels, everywhere, naive_scales(panel)[1])
    fine = calibration.quantiles(mean, spread, classes, FINE)
    inside = covered(data.actual, fine, FINE, 0.1, 0.9)
    low, high = quantiles[..., LEVELS.index(0.1)], quantiles[..., LEVELS.index(0.9)]
    plain = float(((data.actual >= low) & (data.actual <= high)).mean())
    score = Score(name, _wrmsse(data, mean), weighted(loss, value_sold(panel)), float(inside.mean()), plain)
    return score, inside


def _sums(data: DemandSet, tests: Sequence[BackTest], held: Tournament, mean: Floats) -> Sums:
    panel = data.known
    calibration = calibrate(tests, held, is_whole=panel.is_whole, seed=0)
    paths = calibration.paths(mean, spread_of(panel, mean), classify(panel), PATHS, seed=0).sum(axis=2)
    quantiles = np.quantile(paths, FINE, axis=1, method="inverted_cdf").T[:, np.newaxis]
    came = data.actual.sum(axis=1)
    inside = covered(came[:, np.newaxis], quantiles, FINE, 0.1, 0.9)
    return Sums(float(inside.mean()), float(paths.mean(axis=1).sum()), float(came.sum()))


def _wrmsse(data: DemandSet, mean: Floats) -> float:
    everywhere = np.ones(data.actual.shape, dtype=bool)
    errors = rmsse(data.actual, mean, everywhere, naive_scales(data.known)[0])
    return weighted(errors, value_sold(data.known))


_INTRO = """# Accuracy of demand forecasts

How right [forecasts of demand](forecasting.md) are. `python -m benchmarks.accuracy.demand` measures everything here anew and writes this page;
`make accuracy` does so too. The last periods of each data set are held out: no model was fitted to them, no winner chosen by them, no
quantile calibrated on them. Winners and quantiles come from back-tests before them, as in a shop.

How to read it: **WRMSSE** is the root mean squared error in units of each series' own one-step naive error, weighted by what the series sold (the M5
competition's measure, on one level); **pinball** is the mean loss of quantiles from 5 to 99 %, scaled and weighted likewise; **coverage** is how much of
what came lay in the interval of 80 %, where the truth is one of many equal quantiles by the share of their levels; **held** counts both ends as inside, which for counts near 0 must
be more than 80 %. All ways get their quantiles in the same manner.
"""


def page(parts: Sequence[Measured | Absent]) -> str:
    """The whole page."""
    lines = [_INTRO, *_promised([one for one in parts if isinstance(one, Measured)])]
    for part in parts:
        if isinstance(part, Absent):
            lines += [f"## {part.title}\n", f"Not measured in this run. {part.why}\n"]
        else:
            lines += list(_of(part))
    return "\n".join(lines).rstrip("\n") + "\n"


def promises(found: Measured) -> Iterator[tuple[str, str, str, bool]]:
    """What is promised, what was measured, the limit, and whether it holds."""
    ours, naive = found.of(WINNERS), found.of(NAIVE)
    title = found.data.title
    by_error, by_loss = found.best_library
    for name, mine, theirs in (
        ("WRMSSE", ours.wrmsse, naive.wrmsse),
        ("pinball", ours.pinball, naive.pinball),
    ):
        share = mine / theirs - 1
        yield f"{title}: {name} against seasonal naive", _signed(share), f"at most −{BELOW_NAIVE:.0%}".replace("%", " %"), share <= -BELOW_NAIVE  # fmt: skip
    for name, mine, best, theirs in (
        ("WRMSSE", ours.wrmsse, by_error, by_error.wrmsse), ("pinball", ours.pinball, by_loss, by_loss.pinball),
    ):  # fmt: skip
        share = mine / theirs - 1
        yield f"{title}: {name} against the best single model, known only afterwards ({best.name})", _signed(share), "at most 0 %", share <= 0  # fmt: skip
    low, high = COVERAGE
    yield f"{title}: coverage of 80 % intervals", f"{ours.coverage:.1%}".replace("%", " %"), f"{low:.0%} to {high:.0%}".replace("%", " %"), low <= ours.coverage <= high  # fmt: skip


def _promised(found: Sequence[Measured]) -> list[str]:
    rows = [row for one in found for row in promises(one)]
    lines = ["## What is promised\n", f"{sum(row[3] for row in rows)} of {len(rows)} hold.\n"]
    lines += ["| promise | measured | limit | |", "| --- | --- | --- | --- |"]
    return [*lines, *(f"| {a} | {b} | {c} | {'holds' if d else 'miss'} |" for a, b, c, d in rows), ""]


def _of(part: Measured) -> Iterator[str]:
    data = part.data
    yield f"## {data.title}\n"
    about = f"{data.about} {len(data.known):,} series, {data.known.columns} {data.known.period}s known, {data.horizon} held out."
    if part.oracle is not None:
        about += f" Who knows every rate, and nothing of chance, has a WRMSSE of {part.oracle:.3f}: nobody can do better but by luck."
    yield about + "\n"
    yield "| way | WRMSSE | pinball | coverage | held |"
    yield "| --- | --- | --- | --- | --- |"
    for one in part.scores:
        yield f"| {one.name} | {one.wrmsse:.3f} | {one.pinball:.3f} | {_share(one.coverage)} | {_share(one.held)} |"
    yield ""
    yield "| class | series | winner | coverage |"
    yield "| --- | --- | --- | --- |"
    for name, series, winner, coverage in part.classes:
        yield f"| {name} | {series:,} | {winner} | {_share(coverage)} |"
    yield ""
    sums = part.sums
    yield (
        f"Added up over the {data.horizon} {data.known.period}s along {PATHS} sample paths, from which orders are worked out: of {_share(sums.coverage)} of the series"
        f" the sum lay in its interval of 80 %. In all {sums.told:,.0f} units were told on average, and {sums.came:,.0f} came.\n"
    )


def _share(share: float) -> str:
    return f"{share * 100:.1f} %"


def _signed(share: float) -> str:
    return f"{share * 100:+.1f} %".replace("-", "−")


def main() -> int:
    """Measure, write, and end with 1 where a promise is missed."""
    parts: list[Measured | Absent] = []
    for data in load_all():
        parts.append(data if isinstance(data, Absent) else measure(data))
        last = parts[-1]
        said = f"not measured. {last.why}" if isinstance(last, Absent) else f"{last.seconds:.0f} s"
        print(f"{last.title if isinstance(last, Absent) else last.data.title}: {said}", flush=True)
        PAGE.write_text(page(parts), encoding="utf-8")
    kept = [row for part in parts if isinstance(part, Measured) for row in promises(part)]
    for text, found, limit, holds in kept:
        print(f"{'ok  ' if holds else 'MISS'} {text}: {found} ({limit})")
    print(f"{PAGE.relative_to(PAGE.parents[1])} is written")
    return 0 if all(row[3] for row in kept) else 1


if __name__ == "__main__":
    sys.exit(main())
