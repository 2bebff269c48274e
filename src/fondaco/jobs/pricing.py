"""The job ``price``: how units answer to price, what promotions brought, which prices to ask, and how to sell off what lies."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from fondaco.jobs.marking_down import Season, plan_rows, weekly_units
from fondaco.jobs.price_panel import best_sellers, cuts, estimate, groups_of, panel_of
from fondaco.jobs.price_reading import Article, PriceBook, read_prices
from fondaco.jobs.price_tables import (
    MARKDOWN_PLANS,
    PRICE_PROMOTIONS,
    PRICE_RECOMMENDATIONS,
    PRICE_RUNS,
    TABLES,
)
from fondaco.jobs.reading import last_known_day
from fondaco.jobs.writing import replace_rows
from fondaco.warehouse.engine import TableSpec, Value, Warehouse, Writer

if TYPE_CHECKING:
    from fondaco.analytics.pricing import Elasticities, GuardRails, Offer, Recommendation

LEAST_WEEKS = 20
"""Of sales: fewer say nothing of prices."""
SHARE = 0.9
"""Of all intervals."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What a price is to reach, and what it must keep to.

    Attributes
    ----------
    margin_goal
        Least share of what a piece brings that is left when it is paid for; where one step does not lead there, the step is taken.
    competitors
        What others ask, by article number, as buyers see it.
    competitor_band
        Least and largest multiple of that.
    """

    margin_goal: float = 0.0
    max_step: float = 0.1
    floor: float = 0.0
    endings: tuple[float, ...] = ()
    least_units: float = 0.0
    confidence: float = 0.8
    competitors: Mapping[str, float] = field(default_factory=dict)
    competitor_band: tuple[float, float] = (0.8, 1.1)


@dataclass(frozen=True, slots=True)
class PriceAsked:
    """What a run asks for.

    Attributes
    ----------
    today
        In the project's zone.
    made_at
        The instant that is kept with the answers.
    currency
        The reporting currency.
    seconds
        How long it may take; products that sell most come first.
    """

    tenant_id: str
    today: date
    made_at: datetime
    currency: str
    rules: Rules = field(default_factory=Rules)
    season: Season = field(default_factory=Season)
    seconds: float = 60.0


@dataclass(frozen=True, slots=True)
class Priced:
    """What came of it: articles that were looked at, prices to be changed, markdown plans; ``why_not`` says why there are none."""

    articles: int
    changes: int
    plans: int
    why_not: str = ""


def create_tables(warehouse: Warehouse) -> None:
    """Make the tables that are not there yet, empty."""
    warehouse.create_schemas_and_raw_tables(TABLES)


def price_articles(warehouse: Warehouse, asked: PriceAsked) -> Priced:
    """Look at all prices, and write what is found in the place of the former. Equal marts give equal prices, where there is time for all products."""
    create_tables(warehouse)
    started = time.perf_counter()
    with warehouse.writer() as writer:
        as_of = last_known_day(writer, asked.tenant_id, asked.today)
        why_not, book = _book(writer, asked, as_of)
        if book is None:
            return _write(writer, asked, as_of, _Found(why_not=why_not), started)
        return _write(writer, asked, as_of, _found(book, asked, as_of, started), started)


@dataclass(frozen=True, slots=True)
class _Found:
    recommendations: Sequence[dict[str, Any]] = ()
    promotions: Sequence[dict[str, Any]] = ()
    plans: Sequence[dict[str, Any]] = ()
    products: int = 0
    known: int = 0
    mean: float | None = None
    why_not: str = ""


def _book(writer: Writer, asked: PriceAsked, as_of: date | None) -> tuple[str, PriceBook | None]:
    if find_spec("scipy") is None:
        return "scipy is not installed; install with `pip install 'fondaco[analytics]'`", None
    if as_of is None:
        return "nothing has been sold yet", None
    book = read_prices(writer, asked.tenant_id, today=asked.today, as_of=as_of, currency=asked.currency)
    if not book.articles:
        return "no sale of an article that is for sale is known", None
    weeks = len({week.week for article in book.articles for week in article.weeks})
    if weeks < LEAST_WEEKS:
        return f"{weeks} whole weeks of sales are known, and it needs {LEAST_WEEKS}", None
    return "", book


def _found(book: PriceBook, asked: PriceAsked, as_of: date | None, started: float) -> _Found:
    found, looked_at = estimate(book, asked.seconds)
    until = started + asked.seconds
    # What was estimated is not thrown away on a busy machine: recommendations have a part of the time for themselves.
    ends = max(started + 0.9 * asked.seconds, time.perf_counter() + 0.3 * asked.seconds)
    recommendations = _recommendations(book, _Answers(found), asked, as_of, ends)
    plans = plan_rows(book, found, asked.season, currency=asked.currency, today=asked.today, until=until)
    known = found.known
    return _Found(
        recommendations=recommendations,
        promotions=_promotions(book, looked_at) if time.perf_counter() < until else (),
        plans=plans,
        products=len(found.products),
        known=int(known.sum()),
        mean=float(found.mean[known].mean()) if known.any() else None,
    )


def _recommendations(
    book: PriceBook, answers: _Answers, asked: PriceAsked, as_of: date | None, until: float
) -> list[dict[str, Any]]:
    """A row an article; those that bring most are worked out first, as long as there is time."""
    order = {product: at for at, product in enumerate(best_sellers(book.articles))}
    rows = [
        _row(article, book, answers, asked, until) | {"as_of_date": as_of}
        for article in sorted(book.articles, key=lambda each: (order[each.product_id], each.variant_id))
    ]
    rows.sort(
        key=lambda row: (
            -(row["profit_change"] or 0),
            row["action"] == "unknown",
            -(row["weekly_profit"] or 0),
            row["variant_id"],
        )
    )
    return [{**row, "rank": number} for number, row in enumerate(rows, 1)]


def _row(
    article: Article, book: PriceBook, answers: _Answers, asked: PriceAsked, until: float
) -> dict[str, Any]:
    from fondaco.analytics.pricing import Goal, recommend_price

    units, error = weekly_units(article, book)
    rules, at = asked.rules, answers.place.get(article.product_id)
    row = _facts(article, units, asked) | answers.of(at)
    doubt = ""
    if at is None or time.perf_counter() >= until:
        doubt = f"{asked.seconds:g} seconds were not enough for it: products that bring more come first"
    elif answers.found.doubts[at]:
        doubt = answers.found.doubts[at]
    elif article.cost_basis != "known" or article.unit_cost is None:
        doubt = "what a piece costs is not known"
    if doubt or at is None:
        return row | {"action": "unknown", "why_not": doubt, "sentence": f"No price is recommended: {doubt}."}
    offer = _offer(article, units, error, rules)
    rails, reaches = _reachable(offer, _rails(rules), rules.margin_goal)
    told = recommend_price(
        offer, float(answers.found.mean[at]), float(answers.found.sd[at]), rails, Goal(rules.least_units, rules.confidence),
        currency=article.currency, period="week",
    )  # fmt: skip
    return row | _told(article, told, reaches)


def _facts(article: Article, units: float, asked: PriceAsked) -> dict[str, Any]:
    names = (
        "variant_id", "product_id", "sku", "product_title", "variant_title", "product_type", "connection_id", "currency", "price", "price_basis",
        "unit_cost", "cost_basis", "discount_rate",
    )  # fmt: skip
    cost = article.unit_cost
    net = article.price * article.kept
    return {
        **{name: getattr(article, name) for name in names},
        "tax_rate": article.tax,
        "margin": None if cost is None or net <= 0 else (net - cost) / net,
        "weekly_units": units,
        "competitor_price": asked.rules.competitors.get((article.sku or "").casefold()),
        "reporting_currency": asked.currency,
        "weekly_profit": None if cost is None else units * (net - cost) * article.rate,
        **dict.fromkeys(("recommended_price", "price_low", "price_high", "new_margin", "new_weekly_units", "profit_change", "profit_change_low",
                         "profit_change_high", "chance", "why_not")),
        "reaches_goal": None,
    }  # fmt: skip


class _Answers:
    """How products answer to their prices, by product."""

    def __init__(self, found: Elasticities) -> None:
        self.found = found
        self.place = {str(name): at for at, name in enumerate(found.products)}
        self._low, self._high = found.interval(SHARE)

    def of(self, at: int | None) -> dict[str, float | None]:
        """The elasticity, where the data can say."""
        names = ("elasticity", "elasticity_low", "elasticity_high", "own_weight")
        if at is None or self.found.doubts[at]:
            return dict.fromkeys(names)
        each = (self.found.mean, self._low, self._high, self.found.own_weight)
        return {name: float(values[at]) for name, values in zip(names, each, strict=True)}


def _offer(article: Article, units: float, error: float, rules: Rules) -> Offer:
    """What buyers are let off counts as tax does: it stands in the price, and does not reach the merchant."""
    from fondaco.analytics.pricing import Offer

    prices = [week.gross / week.units for week in article.weeks]
    return Offer(
        article.product_id, price=article.price, unit_cost=article.unit_cost or 0.0, units=units, units_error=error, tax=1 / article.kept - 1,
        competitor=rules.competitors.get((article.sku or "").casefold()), lowest_seen=min(*prices, article.price),
        highest_seen=max(*prices, article.price),
    )  # fmt: skip


def _rails(rules: Rules) -> GuardRails:
    from fondaco.analytics.pricing import GuardRails

    return GuardRails(
        max_step=rules.max_step, floor=rules.floor, endings=rules.endings,
        competitor_band=rules.competitor_band if rules.competitors else None,
    )  # fmt: skip


def _reachable(offer: Offer, rails: GuardRails, goal: float) -> tuple[GuardRails, bool]:
    """The guard rails with the goal of the margin, or with as much of it as the other rails let one step reach; and whether that is all of it."""
    from dataclasses import replace

    from fondaco.analytics.pricing import allowed_prices

    whole = replace(rails, least_margin=goal)
    if (
        goal <= 0
        or len(allowed_prices(offer, whole).prices)
        or allowed_prices(offer, whole).keeps(offer.price)
    ):
        return whole, True
    free = allowed_prices(offer, replace(rails, least_margin=0.0)).prices
    if not len(free):
        return whole, False
    best = 1 - offer.unit_cost * (1 + offer.tax) / float(free[-1])
    return replace(rails, least_margin=max(min(best - 1e-9, goal), 0.0)), False


def _told(article: Article, told: Recommendation, reaches: bool) -> dict[str, Any]:
    if told.price is None:
        return {
            "action": "unknown",
            "sentence": told.because,
            "why_not": told.because.removeprefix("No price is recommended: ").removesuffix("."),
        }
    action = "stay" if not told.is_change else "raise" if told.price > article.price else "lower"
    cost = article.unit_cost or 0.0
    wish = "" if reaches else " The margin that is wished for is farther away than one step."
    return {
        "action": action,
        "recommended_price": told.price,
        "price_low": told.low,
        "price_high": told.high,
        "new_margin": 1 - cost / (told.price * article.kept),
        "reaches_goal": reaches,
        "new_weekly_units": told.units,
        "profit_change": (told.profit - told.profit_now) * article.rate,
        "profit_change_low": told.gain_low * article.rate,
        "profit_change_high": told.gain_high * article.rate,
        "chance": told.chance if action != "stay" else None,
        "sentence": told.because + wish,
    }


def _promotions(book: PriceBook, looked_at: frozenset[str]) -> list[dict[str, Any]]:
    """Of products whose price was cut at all."""
    from fondaco.analytics.pricing import promotions

    titles = {article.product_id: article.product_title or article.title for article in book.articles}
    cut = {each.product_id for each in book.articles if each.product_id in looked_at and _was_cut(each)}
    chosen = [article for article in book.articles if article.product_id in cut]
    if not chosen:
        return []
    found = promotions(panel_of(chosen, book, with_cuts=True), groups_of(chosen), share=SHARE)
    rows = []
    for at, name in enumerate(found.products):
        ranges = {
            "lift": found.lift.mean, "lift_low": found.lift.low, "lift_high": found.lift.high, "extra_units": found.extra.mean,
            "dip_units": found.dip.mean, "net_units": found.net.mean, "net_units_low": found.net.low, "net_units_high": found.net.high,
            "pulled_forward": found.pulled_forward, "usual_units": found.usual, "weeks": found.periods,
        }  # fmt: skip
        doubt = found.doubts[at]
        rows.append(
            {
                "product_id": str(name),
                "product_title": titles[str(name)],
                "events": int(found.events[at]),
                "why_not": doubt or None,
                **{
                    column: None if doubt and column != "weeks" else _known(values[at])
                    for column, values in ranges.items()
                },
            }
        )
    return rows


def _was_cut(article: Article) -> bool:
    import numpy as np

    return bool(cuts(np.array([week.gross / week.units for week in article.weeks])).any())


def _known(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _write(writer: Writer, asked: PriceAsked, as_of: date | None, found: _Found, started: float) -> Priced:
    run = {
        "as_of_date": as_of, "articles": len(found.recommendations), "products": found.products, "known_products": found.known,
        "mean_elasticity": found.mean, "why_not": found.why_not or None, "seconds": round(time.perf_counter() - started, 3),
        "made_at": asked.made_at,
    }  # fmt: skip
    tables: list[tuple[TableSpec, Sequence[dict[str, Any]]]] = [
        (PRICE_RECOMMENDATIONS, found.recommendations),
        (PRICE_PROMOTIONS, found.promotions),
        (MARKDOWN_PLANS, found.plans),
        (PRICE_RUNS, [run]),
    ]
    own: dict[str, Value] = {"tenant_id": asked.tenant_id}
    with writer.transaction():
        for spec, rows in tables:
            replace_rows(writer, spec, _table(spec, rows, asked.tenant_id), where=own)
    changes = sum(row["action"] in ("raise", "lower") for row in found.recommendations)
    return Priced(
        len(found.recommendations), changes, len({row["variant_id"] for row in found.plans}), found.why_not
    )


_TYPES = {
    "text": pa.string(),
    "bigint": pa.int64(),
    "double": pa.float64(),
    "sum": pa.float64(),
    "date": pa.date32(),
    "bool": pa.bool_(),
    "timestamp": pa.timestamp("us"),
}


def _table(spec: TableSpec, rows: Sequence[dict[str, Any]], tenant_id: str) -> pa.Table:
    schema = pa.schema([(name, _TYPES[kind]) for name, kind in spec.columns])
    return pa.Table.from_pylist([{"tenant_id": tenant_id, **row} for row in rows], schema)
