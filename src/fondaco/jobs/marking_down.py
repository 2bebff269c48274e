"""How to sell off what lies dead or lasts too long: a price for each week, by ``plan_markdown``."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from fondaco.jobs.price_reading import RECENT_WEEKS, Article, PriceBook

if TYPE_CHECKING:
    from datetime import date

    from fondaco.analytics.pricing import Elasticities

STEPS = (1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3)
"""Prices of a markdown, as shares of today's."""
MUCH_DAYS = 180
"""What lasts longer, or lies dead, is to be sold off."""
MOST_PLANS = 200
"""Articles with a plan, those in which most money lies first."""
_MOST_STOCK = 5_000
_NEVER_STEEPER_SD = 1.5


@dataclass(frozen=True, slots=True)
class Season:
    """How a season ends.

    Attributes
    ----------
    weeks
        Until what is left is worth little.
    salvage
        Share of its cost that a piece brings then.
    floor, endings
        As of the guard rails.
    """

    weeks: int = 8
    salvage: float = 0.1
    floor: float = 0.0
    endings: tuple[float, ...] = ()


def plan_rows(
    book: PriceBook, found: Elasticities, season: Season, *, currency: str, today: date, until: float
) -> list[dict[str, Any]]:
    """Rows of ``MARKDOWN_PLANS`` but for the tenant.

    Parameters
    ----------
    currency
        The reporting currency.
    until
        The moment of ``time.perf_counter`` from which on no further plan is begun.
    """
    place = {str(name): at for at, name in enumerate(found.products)}
    rows: list[dict[str, Any]] = []
    chosen = [each for each in book.articles if each.product_id in place and _reason(each, book)]
    chosen.sort(key=lambda each: (-(each.on_hand or 0) * (each.unit_cost or 0) * each.rate, each.variant_id))
    for article in chosen[:MOST_PLANS]:
        if time.perf_counter() >= until:
            break
        at = place[article.product_id]
        if np.isfinite(found.mean[at]) and np.isfinite(found.sd[at]):
            rows += _plan(article, book, found, at, season=season, currency=currency, today=today)
    return rows


def weekly_units(article: Article, book: PriceBook) -> tuple[float, float]:
    """Pieces of a week to come at today's price, and the standard error of that: by the forecast of demand where there is one, else as many
    as were sold in the weeks of late in which it could be bought."""
    recent = range(max(article.weeks[0].week, book.last_week - RECENT_WEEKS + 1), book.last_week + 1)
    sold = {week.week: week.units for week in article.weeks}
    units = np.array([sold.get(week, 0.0) for week in recent if week not in article.out or week in sold])
    if not len(units):
        units = np.zeros(1)
    error = float(np.sqrt((units.var() + units.mean()) / len(units)))
    if article.ahead:
        return float(np.mean(article.ahead[:4])), error
    return float(units.mean()), error


def _reason(article: Article, book: PriceBook) -> str:
    if not article.on_hand or article.unit_cost is None:
        return ""
    if article.is_dead:
        return "dead"
    usual, _ = weekly_units(article, book)
    return "much" if article.on_hand > usual * MUCH_DAYS / 7 else ""


def _ladder(article: Article, season: Season) -> list[float]:
    """Today's price and lower ones, as prices end."""
    ladder = {article.price}
    for step in STEPS[1:]:
        price = article.price * step
        if season.endings:
            ends = [np.floor(price) + shift + ending for shift in (-1, 0) for ending in season.endings]
            price = max((each for each in ends if each <= price * 1.001), default=price)
        price = round(float(price), 2)
        if max(season.floor, 0.01) <= price < article.price:
            ladder.add(price)
    return sorted(ladder, reverse=True)


def _plan(
    article: Article, book: PriceBook, found: Elasticities, at: int, *, season: Season, currency: str, today: date
) -> list[dict[str, Any]]:  # fmt: skip
    from fondaco.analytics.pricing import demand_at_prices, plan_markdown

    usual, _ = weekly_units(article, book)
    # What has not sold at all of late is wanted by somebody: half a piece in a quarter.
    usual = max(usual, 0.5 / RECENT_WEEKS)
    ahead = [max(pieces, 0.5 / RECENT_WEEKS) for pieces in article.ahead[: season.weeks]]
    weekly = ahead + [usual] * (season.weeks - len(ahead))
    stock, ladder = min(article.on_hand or 0, _MOST_STOCK), _ladder(article, season)
    spread = found.spread(article.product_id)
    mean, sd = float(found.mean[at]), min(float(found.sd[at]), _NEVER_STEEPER_SD)
    demand, beyond = demand_at_prices(
        weekly, article.price, ladder, mean, sd, spread=float(spread) if np.isfinite(spread) else 0.0
    )
    cost, kept = article.unit_cost or 0.0, article.kept
    salvage = season.salvage * cost / kept
    plan = plan_markdown(stock, ladder, demand, beyond, salvage=salvage)
    still = plan_markdown(stock, ladder[:1], demand[:, :1], beyond[:, :1], salvage=salvage)
    money, first = kept * article.rate, today + timedelta(days=1)
    common = {
        "variant_id": article.variant_id, "product_id": article.product_id, "sku": article.sku, "product_title": article.product_title,
        "variant_title": article.variant_title, "currency": article.currency, "price_now": article.price, "on_hand": article.on_hand,
        "weekly_units": usual, "elasticity": mean, "elasticity_basis": "group" if found.doubts[at] else "own", "unit_cost": cost,
        "reporting_currency": currency, "value": plan.value * money, "value_as_it_is": still.value * money, "reason": _reason(article, book),
    }  # fmt: skip
    return [
        {**common, "week": week + 1, "week_start": first + timedelta(weeks=week), "price": float(plan.prices[week]),
         "expected_stock": float(plan.stock[week])}
        for week in range(season.weeks)
    ]  # fmt: skip
