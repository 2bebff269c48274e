"""Sales of articles as the mathematics of prices takes them: a row a product, variant and week."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from fondaco.jobs.price_reading import Article, PriceBook

if TYPE_CHECKING:
    from fondaco.analytics.pricing import Elasticities, Panel

ENDED_WEEKS = 8
"""So many weeks after its last sale an article is taken to be for sale no more."""
CUT_FROM = 0.95
"""A week's price below this share of the usual one is a promotion."""
_AROUND = 6
_TRIED = 20
_SHARE_OF_TIME = 0.6
"""Of the time limit, for elasticities; the rest is for promotions and markdowns."""


def panel_of(articles: Sequence[Article], book: PriceBook, *, with_cuts: bool = False) -> Panel:
    """The panel.

    A product's variants are its locations: each with a level of its own, all with one elasticity. Weeks without a sale have the price that was asked
    last. What a shop lets all buyers off in a week is held still; with ``with_cuts`` price cuts that end again are told as promotions too.
    """
    from fondaco.analytics.pricing import Panel

    places: dict[str, int] = defaultdict(int)
    columns: dict[str, list[np.ndarray]] = defaultdict(list)
    for article in articles:
        place = places[article.product_id]
        places[article.product_id] += 1
        weeks, units, prices = _course(article, book.last_week)
        columns["product"].append(np.full(len(weeks), article.product_id))
        columns["place"].append(np.full(len(weeks), f"{place:04}"))
        columns["week"].append(weeks)
        columns["units"].append(units)
        columns["price"].append(prices)
        columns["out"].append(np.isin(weeks, list(article.out)) & (units == 0))
        columns["discount"].append(
            np.array([book.discounts.get((article.connection_id, int(week)), 0.0) for week in weeks])
        )
        columns["cut"].append(cuts(prices).astype(float))
    told = {name: np.concatenate(parts) for name, parts in columns.items()}
    return Panel.of(
        told["product"], told["week"], told["units"], told["price"], location=told["place"], stocked_out=told["out"],
        promotions={"cut": told["cut"]} if with_cuts else {"discount": told["discount"]},
    )  # fmt: skip


def _course(article: Article, last_week: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Weeks from the first sale on, pieces, and prices."""
    first = article.weeks[0].week
    until = min(article.weeks[-1].week + ENDED_WEEKS, last_week)
    weeks = np.arange(first, until + 1)
    units, prices = np.zeros(len(weeks)), np.full(len(weeks), np.nan)
    for week in article.weeks:
        units[week.week - first], prices[week.week - first] = week.units, week.gross / week.units
    known = np.maximum.accumulate(np.where(np.isnan(prices), 0, np.arange(len(weeks))))
    return weeks, units, np.round(prices[known], 4)


def cuts(prices: np.ndarray) -> np.ndarray:
    """Weeks whose price stands below the usual one of the weeks around it: a price that was lowered for good is not."""
    usual = np.array(
        [np.median(prices[max(at - _AROUND, 0) : at + _AROUND + 1]) for at in range(len(prices))]
    )
    return np.asarray(prices <= CUT_FROM * usual)


def groups_of(articles: Sequence[Article]) -> dict[str, str]:
    """Products of one kind answer alike."""
    return {article.product_id: article.product_type for article in articles}


def best_sellers(articles: Sequence[Article]) -> list[str]:
    """Products, the one that brought most first."""
    worth: dict[str, float] = defaultdict(float)
    for article in articles:
        worth[article.product_id] += article.rate * sum(week.gross for week in article.weeks)
    return sorted(worth, key=lambda product: (-worth[product], product))


def estimate(book: PriceBook, seconds: float) -> tuple[Elasticities, frozenset[str]]:
    """Elasticities of as many products as there is time for, those that bring most first, and which these are."""
    from fondaco.analytics.pricing import elasticities

    order = best_sellers(book.articles)

    def of(products: Sequence[str]) -> Elasticities:
        chosen = [article for article in book.articles if article.product_id in {*products}]
        return elasticities(panel_of(chosen, book), groups_of(chosen))

    started = time.perf_counter()
    found = of(order[:_TRIED])
    if len(order) <= _TRIED:
        return found, frozenset(order)
    took = time.perf_counter() - started
    most = max(int(_TRIED * seconds * _SHARE_OF_TIME / max(took, 1e-3)), _TRIED)
    return of(order[:most]), frozenset(order[:most])
