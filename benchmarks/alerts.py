"""How often anomaly alerts are false, and what they find: a year of simulated normal days, shop by shop, and days that drop.

``python -m benchmarks.alerts`` prints the tables of docs/alerts.md. ``--seed`` chooses the shops: those of ``TUNED_ON`` were looked at while
the detector was made, those of ``MEASURED_ON`` were not. The yardstick is the usual rule: three standard deviations
around the mean of the trailing 28 days.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.claim import Claim
from fondaco.analytics.anomaly import Expectation, Scale, expect_day

TUNED_ON, MEASURED_ON = 20260101, 20261122
SHOPS = 60
WARM_UP, YEAR, MONTH = 112, 365, 365 / 12
DROPS = (0.2, 0.3, 0.5, 0.7, 1.0)
DROPS_A_SHOP = 6
DROP_DAYS = 7

Array = NDArray[np.float64]
Judge = Callable[[Array, Scale], tuple[float, float] | None]
"""The band for the day after a history, None where nothing is said."""

METRICS: Mapping[str, Scale] = {
    "orders": Scale.COUNT,
    "units sold": Scale.COUNT,
    "net sales": Scale.AMOUNT,
    "refunded amount": Scale.AMOUNT,
    "shipping costs": Scale.AMOUNT,
    "contribution margin 2": Scale.AMOUNT,
    "average order value": Scale.QUOTIENT,
    "gross margin": Scale.QUOTIENT,
}


def ours(history: Array, scale: Scale) -> tuple[float, float] | None:
    found = expect_day(history[-84:].tolist(), scale)
    return (found.low, found.high) if isinstance(found, Expectation) else None


def three_sigma(history: Array, _scale: Scale) -> tuple[float, float] | None:
    last = history[-28:]
    mean, spread = float(np.nanmean(last)), float(np.nanstd(last, ddof=1))
    return mean - 3 * spread, mean + 3 * spread


JUDGES: Mapping[str, Judge] = {"robust seasonal": ours, "3 sigma on 28 days": three_sigma}


def expected_orders(chance: np.random.Generator, days: int) -> Array:
    """What a shop sells a day on average: growth, the year's and the week's season, a swing that lasts, some shops closed on
    Sundays, and every day by itself a little more or less."""
    day = np.arange(days)
    level = np.exp(chance.uniform(np.log(5), np.log(400)))
    growth = np.exp(np.log(chance.uniform(0.8, 1.6)) * day / YEAR)
    start = chance.integers(0, YEAR)
    of_year = (day + start) % YEAR
    year = 1 + chance.uniform(0, 0.2) * np.sin(2 * np.pi * (of_year / YEAR + chance.uniform()))
    christmas = 1 + chance.uniform(0, 0.8) * np.clip((of_year - 315) / 40, 0, 1) * (of_year < 358)
    week = chance.dirichlet(np.full(7, 30)) * 7
    if chance.uniform() < 0.2:
        week[chance.integers(7)] = 0
    swing = np.zeros(days)
    for t in range(1, days):
        swing[t] = 0.5 * swing[t - 1] + chance.normal(0, 0.07)
    own = chance.gamma(1 / 0.08**2, 0.08**2, days)
    return np.asarray(level * growth * year * christmas * week[day % 7] * np.exp(swing) * own)


def figures(chance: np.random.Generator, mean: Array) -> dict[str, Array]:
    """The metrics of days that are expected to have ``mean`` orders."""
    orders = chance.poisson(mean).astype(float)
    value, spread = chance.uniform(25, 120), chance.uniform(0.4, 0.9)
    cost, sent_back = chance.uniform(0.3, 0.6), chance.uniform(0.03, 0.12)
    units = orders + chance.poisson(orders * 0.8)
    gross = np.array([chance.lognormal(np.log(value), spread, int(n)).sum() for n in orders])
    margin = chance.normal(1 - cost, 0.25 / np.sqrt(np.maximum(orders, 1)))
    back = np.array(
        [chance.lognormal(np.log(value), spread, chance.poisson(m * sent_back)).sum() for m in mean]
    )
    shipping = orders * chance.uniform(4, 7) * chance.normal(1, 0.03, len(orders))
    nothing = np.where(orders > 0, 1.0, np.nan)
    return {
        "orders": orders,
        "units sold": units,
        "net sales": gross - back,
        "refunded amount": back,
        "shipping costs": shipping,
        "contribution margin 2": gross * margin - back - shipping,
        "average order value": nothing * gross / np.maximum(orders, 1),
        "gross margin": nothing * margin,
    }


@dataclass
class FalseAlarms:
    alarms: int = 0
    judged: int = 0
    days: int = 0

    @property
    def a_month(self) -> float:
        return self.alarms / (self.days / MONTH)

    @property
    def judged_share(self) -> float:
        return self.judged / self.days


def false_alarms(seed: int, judges: Mapping[str, Judge] = JUDGES) -> dict[str, dict[str, list[FalseAlarms]]]:
    """By judge and metric, shop by shop: days out of the band among a year of normal days."""
    found: dict[str, dict[str, list[FalseAlarms]]] = {
        name: {metric: [] for metric in METRICS} for name in judges
    }
    for shop in range(SHOPS):
        chance = np.random.default_rng([seed, shop])
        series = figures(chance, expected_orders(chance, WARM_UP + YEAR))
        for metric, scale in METRICS.items():
            values = series[metric]
            for name, judge in judges.items():
                one = FalseAlarms(days=YEAR)
                for day in range(WARM_UP, len(values)):
                    band = None if np.isnan(values[day]) else judge(values[:day], scale)
                    if band is not None:
                        one.judged += 1
                        one.alarms += not band[0] <= values[day] <= band[1]
                found[name][metric].append(one)
    return found


@dataclass
class Found:
    """Of drops of one size: on which day of the drop it was seen; None never."""

    days: list[int | None]

    def within(self, days: int) -> float:
        return sum(day is not None and day <= days for day in self.days) / len(self.days)


def power(seed: int, metric: str = "net sales") -> dict[str, dict[float, Found]]:
    """By judge and size: a shop sells so much less from one day on, for a week."""
    found: dict[str, dict[float, list[int | None]]] = {name: defaultdict(list) for name in JUDGES}
    for chance, mean, first, size in _drops(seed):
        fallen = mean.copy()
        fallen[first:] *= 1 - size
        values = figures(chance, fallen)[metric]
        for name, judge in JUDGES.items():
            found[name][size].append(_seen(judge, values, first, METRICS[metric], mean))
    return {name: {size: Found(days) for size, days in sizes.items()} for name, sizes in found.items()}


def _drops(seed: int) -> Iterator[tuple[np.random.Generator, Array, int, float]]:
    for shop in range(SHOPS):
        for number in range(DROPS_A_SHOP):
            for size in DROPS:
                chance = np.random.default_rng([seed, 1000 + shop, number])
                mean = expected_orders(chance, WARM_UP + YEAR)
                first = int(chance.integers(WARM_UP, WARM_UP + YEAR - DROP_DAYS))
                yield chance, mean[: first + DROP_DAYS], first, size


def _seen(judge: Judge, values: Array, first: int, scale: Scale, mean: Array) -> int | None:
    for day in range(first, len(values)):
        band = judge(values[:day], scale) if mean[day] > 0 else None
        if band is not None and values[day] < band[0]:
            return day - first + 1
    return None


def _rate(shops: list[FalseAlarms]) -> float:
    return sum(one.a_month for one in shops) / len(shops)


def run(_orders: int) -> list[Claim]:
    """For ``make bench``."""
    alarms = false_alarms(MEASURED_ON, {"robust seasonal": ours})["robust seasonal"]
    worst = max(alarms, key=lambda metric: _rate(alarms[metric]))
    promise = f"False alarms a month in a year of normal days, the worst metric ({worst})"
    return [Claim(promise, _rate(alarms[worst]), 1.0, "one a month", "a month", at_most=1.0)]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.alerts", description=__doc__)
    parser.add_argument("--seed", type=int, default=MEASURED_ON)
    seed = parser.parse_args().seed
    alarms = false_alarms(seed)
    print(f"Seed {seed}, {SHOPS} shops, a year of normal days each.\n")
    print("| metric | false alarms a month | worst shop | days judged | 3 sigma on 28 days, a month |")
    print("| --- | --- | --- | --- | --- |")
    for metric in METRICS:
        ours_, theirs = alarms["robust seasonal"][metric], alarms["3 sigma on 28 days"][metric]
        judged = sum(one.judged_share for one in ours_) / len(ours_)
        worst = max(one.a_month for one in ours_)
        print(f"| {metric} | {_rate(ours_):.2f} | {worst:.2f} | {judged:.0%} | {_rate(theirs):.2f} |")
    found = power(seed)
    print(f"\nNet sales that drop for a week, {SHOPS * DROPS_A_SHOP} drops of each size: share found.\n")
    print(
        "| drop | on the first day | within 3 days | within 7 days | 3 sigma: first day | 3 days | 7 days |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for size in DROPS:
        cells = [f"{found[name][size].within(days):.0%}" for name in JUDGES for days in (1, 3, 7)]
        print(f"| {size:.0%} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
