"""What the figures of products mean that are no metrics; docs/metrics.md is written from this too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fondaco.metrics.definitions import Unit


@dataclass(frozen=True, slots=True)
class ProductFigure:
    """A figure of a product that is no metric: what it is called, what it means and how it is made."""

    name: str
    label: str
    description: str
    formula: str
    unit: Unit
    good: str
    scope: str
    compared: str


FIGURES: Mapping[str, ProductFigure] = {
    figure.name: figure
    for figure in (
        ProductFigure(
            "units_per_day",
            "Units a day",
            "How fast a product sells.",
            "units sold ÷ days of the period since its first sale",
            "ratio",
            "up",
            "Days before the first sale of all and days that are still to come do not count. Returns do not lower it.",
            "Inventory tools call it velocity or run rate; some leave out days without stock, which no shop reports.",
        ),
        ProductFigure(
            "units_on_hand",
            "Stock",
            "Units in all places now.",
            "sum of units on hand",
            "count",
            "none",
            "As of the newest run, whatever period is shown. Empty where the shop reports no stock.",
            "Shopify's on hand: reserved units are still in it.",
        ),
        ProductFigure(
            "days_of_cover",
            "Days of cover",
            "How long the stock lasts if the product goes on selling as in the period.",
            "stock ÷ units a day",
            "ratio",
            "none",
            "Empty where nothing sold or no stock is reported. Goods that are on their way are not in it.",
            "As days of inventory in Shopify's reports, which always look at the last 30 days.",
        ),
        ProductFigure(
            "bought_again",
            "Bought again",
            "Part of a product's buyers who ordered anything again soon.",
            "buyers who ordered again within 90 days ÷ buyers whose first order with it is 90 days old",
            "rate",
            "up",
            "Counts from a person's first order with the product, over all time and all shops; buyers of the last 90 days are left out,"
            " since nobody knows yet. Anything counts, not only the same product.",
            "Lifetimely's and Peel's repurchase rate by first product take first orders only.",
        ),
        ProductFigure(
            "bought_again_ever",
            "Bought again, ever",
            "Part of a product's buyers who have ordered anything since.",
            "buyers who ordered again at any time ÷ buyers",
            "rate",
            "up",
            "From a person's first order with the product until now. Young products have had less time.",
            "Shopify's returning customer rate looks back from a period instead.",
        ),
        ProductFigure(
            "first_buyer_value",
            "First-buyer value",
            "What customers bring in their first year whose first order had this product.",
            "net sales of such customers from their first order to 365 days after it ÷ their number",
            "money",
            "up",
            "The first order is in it. Customers whose year is not over count with what they brought so far, so that young"
            " products read low; the page of a product says how many have the year behind them. An order with several products"
            " counts for each.",
            "Lifetimely's value by first product; Triple Whale shows it at 60, 90 and 365 days.",
        ),
        ProductFigure(
            "support",
            "Support",
            "How common the two are together.",
            "orders with both ÷ all orders",
            "rate",
            "none",
            "Over all orders of at most 50 products, of all time.",
            "As in the literature on association rules (Agrawal and others, 1993).",
        ),
        ProductFigure(
            "confidence",
            "Confidence",
            "How often the other is in an order that has this one.",
            "orders with both ÷ orders with this product",
            "rate",
            "none",
            "Pairs in fewer than three orders are not shown.",
            "As in the literature on association rules (Agrawal and others, 1993).",
        ),
        ProductFigure(
            "lift",
            "Lift",
            "How many times as often they meet as if buyers chose by chance.",
            "confidence ÷ (orders with the other ÷ all orders)",
            "ratio",
            "none",
            "Above 1 they attract each other; only such pairs are shown.",
            "As in the literature on association rules (Brin and others, 1997).",
        ),
    )
}
