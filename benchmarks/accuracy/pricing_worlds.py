"""Elasticities, promotions and recommended prices in simulated shops whose truth is known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.accuracy.log_log import LogLog, fit_log_log, trend_and_season
from benchmarks.accuracy.priced import World, world
from fondaco.analytics.pricing import (
    Controls,
    Elasticities,
    GuardRails,
    Offer,
    elasticities,
    promotions,
    recommend_price,
)

Floats = NDArray[np.float64]
WORLDS, PRODUCTS, WEEKS = 20, 60, 104
LEAST, MOST = 0.85, 0.95
MARGIN = 0.35
DIP_WORLDS = 6
_HALF = 1.645


@dataclass(frozen=True, slots=True)
class Promise:
    """What is promised, and what was measured."""

    text: str
    measured: str
    limit: str
    holds: bool


@dataclass(frozen=True, slots=True)
class Found:
    """What each way says of all products of all worlds, one place for each.

    Attributes
    ----------
    inside
        By way, whether the truth lies within its interval of 90 %.
    off
        By way, root mean square of its errors.
    known
        Of which products the data can say.
    """

    worlds: Sequence[World]
    answers: Sequence[Elasticities]
    held: Sequence[LogLog]
    inside: Mapping[str, NDArray[np.bool_]]
    off: Mapping[str, float]
    known: NDArray[np.bool_]


def look() -> Found:
    """Estimate in all worlds, all ways."""
    worlds = [world(seed, products=PRODUCTS, weeks=WEEKS) for seed in range(WORLDS)]
    answers = [elasticities(each.panel, each.groups) for each in worlds]
    plain = [fit_log_log(each.panel) for each in worlds]
    held = [
        fit_log_log(each.panel, trend_and_season(each.panel, Controls(), (0, WEEKS - 1))) for each in worlds
    ]
    truth = np.concatenate([each.truth for each in worlds])
    told = {
        "plain log-log": _of_all(plain, worlds),
        "plain log-log with controls": _of_all(held, worlds),
        "own": (_joined(answers, "own"), _joined(answers, "own_error")),
        "pooled": (_joined(answers, "mean"), _joined(answers, "sd")),
    }
    inside = {way: np.abs(mean - truth) <= _HALF * error for way, (mean, error) in told.items()}
    off = {way: float(np.sqrt(np.nanmean((mean - truth) ** 2))) for way, (mean, _) in told.items()}
    return Found(worlds, answers, held, inside, off, np.concatenate([each.known for each in answers]))


def promises(found: Found) -> list[Promise]:
    """What is promised of simulated shops."""
    every, known = found.inside["pooled"].mean(), found.inside["pooled"][found.known].mean()
    own, pooled = found.off["own"], found.off["pooled"]
    limit = f"{LEAST:.0%} to {MOST:.0%}"
    return [
        Promise("Truths inside the 90 % intervals, all products", f"{every:.1%}", limit, LEAST <= every <= MOST),
        Promise("… of products of which the data can say", f"{known:.1%}", limit, LEAST <= known <= MOST),
        Promise("Pooled is nearer to the truth than each product by itself", f"{pooled:.3f}", f"under {own:.3f}", pooled < own),
    ]  # fmt: skip


def ways(found: Found) -> list[tuple[str, str, str]]:
    """Error and coverage by way."""
    return [(way, f"{found.off[way]:.3f}", f"{found.inside[way].mean():.1%}") for way in found.off]


def by_shop(found: Found) -> Floats:
    """Share of the truths inside, by world."""
    return np.asarray(found.inside["pooled"].reshape(WORLDS, PRODUCTS).mean(axis=1))


def gains(found: Found) -> list[tuple[str, str, str]]:
    """True profit of prices that each way asks for, within 10 % of today's, where a unit's cost is known."""
    totals: Counter[str] = Counter()
    moved: Counter[str] = Counter()
    count = 0
    for each, ours, theirs in zip(found.worlds, found.answers, found.held, strict=True):
        for k, name in enumerate(each.panel.products):
            offer = Offer(str(name), 10.0, unit_cost=10 * (1 - MARGIN), units=100)
            prices = {
                "stay": 10.0,
                "pooled, within the rules": _asked(offer, ours.mean[k], ours.sd[k])
                if ours.known[k]
                else 10.0,
                "plain log-log with controls, taken at its word": _asked(
                    offer, theirs.elasticity[str(name)], 0.0
                ),
                "the truth": _asked(offer, each.truth[k], 0.0),
            }
            count += 1
            for way, price in prices.items():
                totals[way] += 100 * (price / 10) ** each.truth[k] * (price - offer.unit_cost)
                moved[way] += abs(price - 10) > 1e-6
    stay = totals.pop("stay")
    return [(way, f"{moved[way] / count:.0%}", f"{total / stay - 1:+.2%}") for way, total in totals.items()]


def dips() -> Iterator[tuple[str, str, str]]:
    """Whether a dip in the week after a promotion is found, and none where there is none."""
    for dip in (0.0, np.log(0.7)):
        inside, share = [], []
        for seed in range(DIP_WORLDS):
            each = world(100 + seed, products=PRODUCTS, weeks=WEEKS, dip=dip)
            found = promotions(each.panel, each.groups)
            truth = -np.expm1(each.dips) * found.usual
            inside.append(((found.dip.low <= truth) & (truth <= found.dip.high))[found.known])
            share.append(np.nansum(found.dip.mean[found.known]) / np.nansum(found.extra.mean[found.known]))
        yield (
            f"{abs(np.expm1(dip)):.0%}",
            f"{np.concatenate(inside).mean():.0%}",
            f"{abs(np.mean(share)):.0%}",
        )


def _asked(offer: Offer, mean: float, sd: float) -> float:
    return recommend_price(offer, float(mean), float(sd), GuardRails()).price or offer.price


def _of_all(fits: Sequence[LogLog], worlds: Sequence[World]) -> tuple[Floats, Floats]:
    names = [(fit, str(name)) for fit, each in zip(fits, worlds, strict=True) for name in each.panel.products]
    return np.array([fit.elasticity[name] for fit, name in names]), np.array(
        [fit.error[name] for fit, name in names]
    )


def _joined(answers: Sequence[Elasticities], name: str) -> Floats:
    return np.concatenate([getattr(each, name) for each in answers])
