"""What the page of one product shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from fondaco.metrics import products as facts
from fondaco.metrics.products import METRICS, ProductLine
from fondaco.server.numbers import Numbers
from fondaco.server.pages import shapes
from fondaco.server.pages.charts import Step, course, over_time
from fondaco.server.pages.choices import address_of
from fondaco.server.pages.figures import Figure, Figures, Row
from fondaco.server.pages.products_tables import asked, cells, days
from fondaco.server.periods import Period, View
from fondaco.server.site import NotThereError, Site
from fondaco.server.together import together

BUYERS = ("customers", "new_customers", "returning_customers")
PROFIT = ("contribution_margin_1", "gross_margin", "contribution_margin_2", "known_cost_of_goods_rate")


def one_product_shown(site: Site, numbers: Numbers, view: View, product_id: str) -> dict[str, Any]:
    """All parts of the page.

    Raises
    ------
    NotThereError
        If no shop has, or had, the product.
    """
    reader, tenant = site.project.reader, site.tenant_id
    key = ("product", product_id)
    own = site.remembered((*key, "row"), lambda: facts.one_product(reader, tenant, product_id))
    if own is None:
        raise NotThereError(f"There is no product {product_id[:100]!r}.", "Choose one on the page Products.")
    only = replace(view, shop=None, filters=(("product_id", product_id),))
    figures = Figures(site, only, numbers)
    beside = (*BUYERS, *PROFIT) if site.has_profit else BUYERS
    variants, tiles, (fact, pairs), (sales, chart) = together(
        lambda: _variants(site, only),
        lambda: _tiles(figures, beside, beside=False),
        lambda: (_fact(site, product_id), _pairs(site, numbers, view, product_id)),
        lambda: (_tiles(figures), over_time(figures, "units_sold", METRICS)),
    )
    stock = facts.total_stock(variants)
    shop = next((c for c in site.shops() if c.connection_id == own["connection_id"]), None)
    return {
        "view": only,
        "product": own,
        "own": only.query(),
        "shop": shop.name if shop else own["connection_id"],
        "about": _about(numbers, own),
        "in_sales": "/sales?" + urlencode({"product_id": product_id}) + _kept(view),
        "sales": sales,
        "speed": _speed(numbers, figures, own, stock),
        "chart": chart,
        "buyers": tiles[: len(BUYERS)],
        "profit": tiles[len(BUYERS) :],
        "in_profit": "/profit?" + urlencode({"product_id": product_id}) + _kept(view),
        "after": _after(numbers, fact),
        "variants": [
            {**cells(line, numbers, {}, view), "name": line.variant_title or line.sku or "One variant"}
            for line in variants
        ],
        "pairs": pairs,
    }


def _kept(view: View) -> str:
    query = view.query(shop="")
    return f"&{query}" if query else ""


def _tiles(
    figures: Figures, names: tuple[str, ...] = METRICS, *, beside: bool = True
) -> list[tuple[Figure, shapes.Spark]]:
    """Figures of the product with their lines; with the compared period's line too where ``beside``."""
    view = figures.view
    lines, now = course(figures, names, view.period, view.grain)
    other, then = _before(figures, names, beside=beside)
    return [
        (
            figures.figure(name, now, then),
            shapes.spark([row[name] for _, row in lines], [row[name] for _, row in other]),
        )
        for name in names
    ]


def _before(
    figures: Figures, names: tuple[str, ...], *, beside: bool
) -> tuple[list[tuple[Step, Row]], Row | None]:
    """Steps of the compared period, where they are drawn, and its total, if there is such a period."""
    compared = figures.view.comparison
    if compared is None:
        return [], None
    return (
        course(figures, names, compared, figures.view.grain)
        if beside
        else ([], figures.totals(names, compared))
    )


def _speed(numbers: Numbers, figures: Figures, own: Mapping[str, Any], stock: int | None) -> dict[str, Any]:
    """How fast it sells, how that stands to before, and how long the stock lasts."""
    view, first = figures.view, own["first_sold_date"]

    def per_day(period: Period) -> Decimal | None:
        units = course(figures, METRICS, period, view.grain)[1]["units_sold"]
        return facts.per_day(units, asked(view, period), first, view.today)

    now = per_day(view.period)
    before = per_day(view.comparison) if view.comparison else None
    return {
        "units_per_day": numbers.fixed(now),
        "before": numbers.fixed(before),
        "change": numbers.change(now, before),
        "units_on_hand": numbers.count(stock),
        "days_of_cover": days(numbers, facts.cover(stock, now)),
    }


def _about(numbers: Numbers, own: Mapping[str, Any]) -> str:
    """Vendor, kind and price in a line."""
    parts = [own["vendor"], own["product_type"]]
    if own["lowest_price"] is not None and own["price_currency"]:
        theirs = Numbers(numbers.locale, own["price_currency"], numbers.time_zone)
        low, high = theirs.money(own["lowest_price"]), theirs.money(own["highest_price"])
        parts.append(low if low == high else f"{low} – {high}")
    if own["first_sold_date"]:
        parts.append(f"first sold {numbers.day(own['first_sold_date'])}")
    return " · ".join(part for part in parts if part)


def _after(numbers: Numbers, fact: facts.BoughtAgain | None) -> dict[str, str] | None:
    """What buyers did afterwards; None until a run has worked it out."""
    if fact is None:
        return None
    return {
        "buyers": numbers.count(fact.buyers),
        "bought_again": numbers.rate(fact.bought_again),
        "bought_again_ever": numbers.rate(fact.bought_again_ever),
        "first_buyers": numbers.count(fact.first_buyers),
        "observed": numbers.count(fact.first_buyers_observed),
        "first_buyer_value": numbers.money(fact.first_buyer_value),
    }


def _variants(site: Site, view: View) -> list[ProductLine]:
    """Its variants, the largest first."""
    reader, tenant = site.project.reader, site.tenant_id

    def work() -> list[ProductLine]:
        return facts.product_lines(
            site.layer, reader, asked(view), tenant, before=None, today=view.today, by_variant=True
        )

    return site.remembered(("variants", view, view.today), work)


def _fact(site: Site, product_id: str) -> facts.BoughtAgain | None:
    reader, tenant = site.project.reader, site.tenant_id
    return site.remembered(
        ("product", product_id, "buyers"), lambda: facts.buyers_of(reader, tenant, product_id).get(product_id)
    )


def _pairs(site: Site, numbers: Numbers, view: View, product_id: str) -> list[dict[str, str]]:
    reader, tenant = site.project.reader, site.tenant_id
    found = site.remembered(
        ("product", product_id, "pairs"), lambda: facts.bought_together(reader, tenant, product_id)
    )
    return [
        {
            "address": address_of("products", pair.product_id, view.query()),
            "title": pair.title or pair.product_id.partition(":")[2],
            "orders": numbers.count(pair.orders_together),
            "support": numbers.rate(pair.support),
            "confidence": numbers.rate(pair.confidence),
            "lift": numbers.fixed(pair.lift),
        }
        for pair in found
    ]
