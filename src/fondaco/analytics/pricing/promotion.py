"""What promotions bring: units beyond the usual, units that were only bought earlier, and units taken from the neighbours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fondaco.analytics.pricing.controls import Controls, columns_of
from fondaco.analytics.pricing.counts import CountFit, fit_counts
from fondaco.analytics.pricing.doubts import LEAST_OWN_SHARE, doubt_of_sales, own_share
from fondaco.analytics.pricing.neighbours import Pairs, effects_of_neighbours
from fondaco.analytics.pricing.panel import Flags, Floats, Panel, Whole, group_of
from fondaco.analytics.pricing.pooling import pool
from fondaco.errors import ConfigError

LEAST_EVENTS = 3
DRAWS = 2000
_DIP_SCALE = 0.3
"""How far apart the dips of a group's products lie, on the logarithm of units: less than their lifts."""


@dataclass(frozen=True, slots=True)
class Range:
    """What is expected, and bounds between which the truth lies with the share that was asked for; one place for each."""

    mean: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True, slots=True)
class Promotions:
    """What an event brings: a run of periods of one product on promotion; arrays of one place for each product.

    Attributes
    ----------
    events, periods
        How many events there were, counted where it was longest on promotion, and their mean length.
    usual
        Units of a promoted period, all locations together, as they would have been without.
    lift
        Units beyond the usual, as a share of it: 0.8 for 80 % more. With the price cut that came along.
    extra, dip, net
        Units of an event: beyond the usual while it runs, missing after it, and what is left of it.
    pulled_forward
        Share of ``extra`` that was only bought earlier; NaN where the event brought nothing that is sure.
    doubts
        Why the data cannot say; empty where they can.
    """

    products: NDArray[np.str_]
    events: Whole
    periods: Floats
    usual: Floats
    lift: Range
    extra: Range
    dip: Range
    net: Range
    pulled_forward: Floats
    doubts: tuple[str, ...]

    @property
    def known(self) -> Flags:
        """Products of which the data can say."""
        return np.array([not doubt for doubt in self.doubts], dtype=bool)


@dataclass(frozen=True, slots=True)
class Cannibalised:
    """What promotions take from neighbours.

    Attributes
    ----------
    effects
        On the logarithm of units, for each pair.
    units
        Units that the product loses in a period, all its locations together, while its neighbour is promoted; below 0 where it gains.
    """

    effects: Pairs
    units: Range


def promotions(
    panel: Panel,
    groups: Mapping[str, str] | None = None,
    controls: Controls | None = None,
    *,
    promotion: str | None = None,
    dip_periods: int = 4,
    share: float = 0.9,
    seed: int = 0,
) -> Promotions:
    """Lift and pull-forward of promotions.

    log E[units] = level of the location + regular price + λ while promoted + δₖ in the k-th period after + trend + season. The price
    itself is left out, so that λ holds the price cut and all that came with it. The post-promotion dip as Van Heerde, Leeflang and Wittink
    (2000) have it, one coefficient for each period after. λ and δₖ are pooled over the products of a group.

    Parameters
    ----------
    promotion
        Which of the panel's promotions; without, a period counts where any is on, by half or more.
    dip_periods
        Periods after an event in which fewer may be bought.
    share
        Of the intervals.
    """
    if not panel.promotions:
        raise ConfigError("The panel has no promotions.", "Give `promotions` to Panel.of.")
    if dip_periods < 0 or not 0 < share < 1:
        raise ConfigError(
            f"{dip_periods} periods of a dip, and intervals of {share:g}.",
            "Give 0 periods or more, and a share such as 0.9.",
        )
    group = group_of(panel, groups)
    on = promoted(panel, promotion)
    values, events = _event_columns(panel, controls or Controls(), group, on, dip_periods)
    effects = 1 + dip_periods
    fits, doubts = _fit_each(panel, values, effects, on, events)
    pooled = [
        pool(
            np.array([fit.coefficients[k] if fit else 0.0 for fit in fits]),
            np.array([fit.errors[k] if fit else np.inf for fit in fits]),
            group,
            scale=_DIP_SCALE if k else 1.0,
        )
        for k in range(effects)
    ]
    mean, sd = np.array([p.mean for p in pooled]).T, np.array([p.sd for p in pooled]).T
    return _in_units(
        panel,
        on,
        values,
        fits,
        (mean, sd),
        events=events,
        doubts=doubts,
        share=share,
        random=np.random.default_rng(seed),
    )


def cannibalisation(
    panel: Panel,
    groups: Mapping[str, str] | None = None,
    controls: Controls | None = None,
    *,
    promotion: str | None = None,
    share: float = 0.9,
) -> Cannibalised:
    """What the promotions of each product take from the others of its group, own prices and promotions held still."""
    on = promoted(panel, promotion)
    effects = effects_of_neighbours(panel, groups, controls, on.astype(float), scale=0.5, of="promotion")
    place = {str(name): k for k, name in enumerate(panel.products)}
    usual = np.array([
        _usual_beside(panel, on, place[str(a)], place[str(b)]) for a, b in zip(effects.product, effects.neighbour, strict=True)
    ])  # fmt: skip
    low, high = effects.interval(share)
    return Cannibalised(
        effects, Range(usual * -np.expm1(effects.mean), usual * -np.expm1(high), usual * -np.expm1(low))
    )


def promoted(panel: Panel, promotion: str | None) -> Flags:
    """Rows on promotion."""
    if promotion is not None and promotion not in panel.promotions:
        raise ConfigError(
            f"The panel has no promotion {promotion!r}.",
            f"Choose of: {', '.join(panel.promotions) or 'none'}.",
        )
    chosen = panel.promotions.values() if promotion is None else [panel.promotions[promotion]]
    return np.asarray(sum((column >= 0.5 for column in chosen), np.zeros(len(panel), bool)) > 0)


def _event_columns(
    panel: Panel, controls: Controls, group: NDArray[np.str_], on: Flags, dip_periods: int
) -> tuple[Floats, Whole]:
    """Columns (λ, δ₁ …, regular price, trend, season) and, of each row that begins an event, true."""
    since, begins = np.full(len(panel), -1), np.zeros(len(panel), np.int64)
    regular = np.log(panel.price)
    start, last = 0, -1
    for row in range(len(panel)):
        if row == 0 or panel.series[row] != panel.series[row - 1]:
            start, last = row, -1
        if on[row]:
            begins[row] = last < 0 or panel.period[row] - panel.period[last] > 1
            last = row
            regular[row] = regular[row - 1] if row > start else np.nan
        elif last >= 0:
            since[row] = panel.period[row] - panel.period[last]
    # A history that begins on promotion had the regular price that follows.
    for row in range(len(panel) - 2, -1, -1):
        if np.isnan(regular[row]):
            regular[row] = (
                regular[row + 1] if panel.series[row] == panel.series[row + 1] else np.log(panel.price[row])
            )
    regular = np.where(np.isnan(regular), np.log(panel.price), regular)
    base = columns_of(panel, controls, group, (int(panel.period.min()), int(panel.period.max())))
    held = base.at(("trend", "season", "rivals"))
    dips = [since == k for k in range(1, dip_periods + 1)]
    return np.column_stack([on, *dips, regular, base.values[:, held]]).astype(float), begins


def _fit_each(
    panel: Panel, values: Floats, effects: int, on: Flags, events: Whole
) -> tuple[list[CountFit | None], list[str]]:
    fits: list[CountFit | None] = []
    doubts = []
    for _, rows in panel.by_product():
        own = rows.start + np.flatnonzero(~panel.stocked_out[rows])
        sold = panel.rows(own)
        doubt = _doubt_before(sold, on[own], events[rows], panel.location[rows])
        fit = None
        if not doubt:
            x = values[own]
            fit = fit_counts(sold.quantity, x, sold.location, sold.period, range(effects))
            explained = 1 - own_share(x, sold.location, 0, np.arange(effects, x.shape[1]))
            if explained > 1 - LEAST_OWN_SHARE:
                doubt = f"its promotions go with season and trend only: these explain {explained:.1%} of them"
        fits.append(fit)
        doubts.append(doubt)
    return fits, doubts


def _doubt_before(rows: Panel, on: Flags, events: Whole, location: Whole) -> str:
    doubt = doubt_of_sales(rows)
    if doubt:
        return doubt
    if not on.any():
        return "it was never promoted"
    if on.all():
        return "it was always promoted"
    most = int(np.bincount(location, events).max())
    return "" if most >= LEAST_EVENTS else f"it was promoted {most} times; {LEAST_EVENTS} are needed"


def _in_units(
    panel: Panel, on: Flags, values: Floats, fits: list[CountFit | None], believed: tuple[Floats, Floats],
    *, events: Whole, doubts: list[str], share: float, random: np.random.Generator,
) -> Promotions:  # fmt: skip
    count, effects = believed[0].shape
    ranges = {name: np.full((3, count), np.nan) for name in ("lift", "extra", "dip", "net")}
    usual, length, pulled = np.full(count, np.nan), np.full(count, np.nan), np.full(count, np.nan)
    times = np.zeros(count, np.int64)
    for product, rows in panel.by_product():
        begun = int(events[rows].sum())
        times[product] = int(np.bincount(panel.location[rows], events[rows]).max(initial=0)) if begun else 0
        length[product] = on[rows].sum() / begun if begun else np.nan
        fit = fits[product]
        if fit is None:
            continue
        known = np.flatnonzero(on[rows] & ~panel.stocked_out[rows]) + rows.start
        told = np.exp(
            fit.intercepts[panel.location[known]] + values[known, effects:] @ fit.coefficients[effects:]
        )
        usual[product] = told.sum() / len(np.unique(panel.period[known]))
        drawn = _drawn(believed[0][product], believed[1][product], fit, effects, random)
        after = values[rows, 1:effects].sum(axis=0) / begun
        extra = usual[product] * length[product] * np.expm1(drawn[:, 0])
        dip = usual[product] * (-np.expm1(drawn[:, 1:]) @ after)
        for name, found in (
            ("lift", np.expm1(drawn[:, 0])),
            ("extra", extra),
            ("dip", dip),
            ("net", extra - dip),
        ):
            ranges[name][:, product] = [found.mean(), *np.quantile(found, [(1 - share) / 2, (1 + share) / 2])]
        if ranges["extra"][1, product] > 0:
            pulled[product] = dip.mean() / extra.mean()
    told_ranges = {name: Range(*bounds) for name, bounds in ranges.items()}
    return Promotions(
        panel.products, times, length, usual, **told_ranges, pulled_forward=pulled, doubts=tuple(doubts)
    )


def _drawn(mean: Floats, sd: Floats, fit: CountFit, effects: int, random: np.random.Generator) -> Floats:
    """Of the effects of one product; they hang together as its own regression has it."""
    covariance = fit.covariance[:effects, :effects]
    scale = np.sqrt(np.diag(covariance))
    together = covariance / np.outer(np.where(scale > 0, scale, 1.0), np.where(scale > 0, scale, 1.0))
    np.fill_diagonal(together, 1.0)
    return random.multivariate_normal(mean, together * np.outer(sd, sd), DRAWS, check_valid="ignore")


def _usual_beside(panel: Panel, on: Flags, product: int, neighbour: int) -> float:
    """Units of a product in a period in which the neighbour is not promoted, all locations together."""
    own, other = panel.product == product, panel.product == neighbour
    busy = np.unique(panel.period[other & on])
    calm = own & ~np.isin(panel.period, busy) & ~panel.stocked_out
    chosen = calm if calm.any() else own & ~panel.stocked_out
    periods = len(np.unique(panel.period[chosen]))
    return float(panel.quantity[chosen].sum() / periods) if periods else np.nan
