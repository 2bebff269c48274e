"""Sales of articles as the mathematics of prices takes them: a row a product, variant and week."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
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

    A product's variants are its locations: each with a level of its own, all with one elasticity. Weeks without a sale have the price of ``_asked``. What a shop lets all buyers off in a week is held still; with ``with_cuts`` price cuts that end again are told as promotions too.
    """
    from fondaco.analytics.pricing import Panel

    columns: dict[str, list[np.ndarray]] = defaultdict(list)
    by_product: dict[str, list[Article]] = defaultdict(list)
    for article in articles:
        by_product[article.product_id].append(article)
    for product, variants in by_product.items():
        courses = [_course(article, book.last_week) for article in variants]
        for place, (article, course, prices) in enumerate(
            zip(variants, courses, _asked(courses), strict=True)
        ):
            weeks = course.weeks
            columns["product"].append(np.full(len(weeks), product))
            columns["place"].append(np.full(len(weeks), f"{place:04}"))
            columns["week"].append(weeks)
            columns["units"].append(course.units)
            columns["price"].append(prices)
            columns["out"].append(np.isin(weeks, list(article.out)) & (course.units == 0))
            columns["discount"].append(
                np.array([book.discounts.get((article.connection_id, int(week)), 0.0) for week in weeks])
            )
            columns["cut"].append(cuts(prices).astype(float))
    told = {name: np.concatenate(parts) for name, parts in columns.items()}
    return Panel.of(
        told["product"], told["week"], told["units"], told["price"], location=told["place"], stocked_out=told["out"],
        promotions={"cut": told["cut"]} if with_cuts else {"discount": told["discount"]},
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Course:
    """Weeks of an article from its first sale on: pieces, the price where any was sold (else NaN), and the usual price about each week."""

    weeks: np.ndarray
    units: np.ndarray
    price: np.ndarray
    usual: np.ndarray


def _course(article: Article, last_week: int) -> _Course:
    first = article.weeks[0].week
    until = min(article.weeks[-1].week + ENDED_WEEKS, last_week)
    weeks = np.arange(first, until + 1)
    units, prices = np.zeros(len(weeks)), np.full(len(weeks), np.nan)
    for week in article.weeks:
        units[week.week - first], prices[week.week - first] = week.units, week.gross / week.units
    usual = np.full(len(weeks), np.nan)
    for at in range(len(weeks)):
        near = prices[max(at - _AROUND, 0) : at + _AROUND + 1]
        near = near[~np.isnan(near)]
        usual[at] = np.median(near) if len(near) else usual[at - 1]
    return _Course(weeks, units, prices, usual)


def _asked(courses: Sequence[_Course]) -> list[np.ndarray]:
    """Prices of one product's variants in every week. In a week without a sale a price is not seen: it is the usual one about that week, moved as
    those of the variants that did sell were. The price of the last sale would keep a cut alive as long as nobody buys."""
    moved: dict[int, list[float]] = defaultdict(list)
    for course in courses:
        for week, price, usual in zip(course.weeks, course.price, course.usual, strict=True):
            if not np.isnan(price):
                moved[int(week)].append(price / usual)
    index = {week: float(np.median(each)) for week, each in moved.items()}
    found = []
    for course in courses:
        like_others = course.usual * np.array([index.get(int(week), 1.0) for week in course.weeks])
        found.append(np.round(np.where(np.isnan(course.price), like_others, course.price), 4))
    return found


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

    ends, most = time.perf_counter() + seconds * _SHARE_OF_TIME, _TRIED
    while True:
        started = time.perf_counter()
        found = of(order[:most])
        took = time.perf_counter() - started
        # The next estimate may take what is left; the first ones are slow, so that it grows in steps.
        more = int(most * min((ends - time.perf_counter()) / max(took, 1e-3), 4.0))
        if most >= len(order) or more <= most:
            return found, frozenset(order[:most])
        most = more
