"""Write ``docs/metrics.md`` from the definitions: ``python -m fondaco.metrics.docs docs/metrics.md``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from fondaco.metrics.definitions import Metric
from fondaco.metrics.layer import SemanticLayer
from fondaco.metrics.product_figures import FIGURES, ProductFigure

_UNITS = {
    "money": "money, in the reporting currency",
    "count": "whole number",
    "ratio": "number",
    "rate": "part of a whole, 0 to 1",
}
_GOOD = {"up": "more is better", "down": "less is better", "none": "neither way is better"}

_HEAD = """# Metrics

<!-- Written by `python -m fondaco.metrics.docs docs/metrics.md` from src/fondaco/dbt/models/marts/_metrics.yml. -->

Every figure on a page, in the API and on the command line is one of these. `fondaco metrics query NAME` asks for one.

## The bridge

    gross sales − discounts − returns = net sales
    net sales + shipping + taxes + duties + additional fees = total sales

All amounts of the bridge but taxes are before tax, also in shops whose prices include it. Tips and gift cards sold stand
beside it.

## By day, week, month, quarter or year

Asked by one of these, every step of the period has a row, also without sales, for each value of the other dimensions. Where that would be more than
1,000,000 rows, steps without figures are left out; what stands there is the same.

## Two clocks

| clock | a return, an edit or a refund counts | good for |
| --- | --- | --- |
| finance (default) | on its own day | books, the shop's own report, cash |
| order | on the day of its order | campaigns, cohorts, what a day's orders were worth in the end |

Over all time both clocks give the same sums. Over a period they differ by two parts, which `fondaco.metrics.bridge` names
for every figure:

    order clock − events outside the period on its orders + events of the period on other orders = finance clock

Orders and customers count on the day of the order by either clock. A day is cut in the time zone of its shop.

## Whose orders count

Test and deleted orders never do. Cancelled, unpaid and failed orders count as the vendor's own sales report counts them;
each source's models say how.

## Currency

Amounts are kept in the shop's currency up to core, and converted in the marts to the merchant's reporting currency at the
rate of the day on which the event happened, by either clock; so a return is converted at its own day's rate, not at that
of its order. On a day without a published rate the newest before it holds. Two currencies meet through the provider's base
currency. A shop whose currency has no rate at all fails the build: a sum that leaves a shop out would be wrong in silence.

## New and returning

A person is known by e-mail address (capitals and spaces aside; for Gmail also dots and what follows a plus), else by
telephone number, else by customer account; an order with none of these is a person of its own. One customer account is
always one person. Persons span all shops of the merchant. Their first counted order is new, all later ones are returning; an
older order that arrives late moves the mark.

## Collections

`collection` is a shop's collection or category, named after those above it, such as `Home > Lamps`; collections of one name in several shops
are one. A product of several counts in each, and in those above them, so that the rows of a breakdown may be more than the whole. A
condition on several of them counts it once. What is in none, and what is of no product, has no value. Memberships are those of now.

## Undefined is empty

A quotient with nothing to divide by has no value. It is never shown as 0.
"""


_PRODUCTS = """## Figures of products

The pages of products show these beside the metrics. They need the days of a period, the stock of today, or what people did before
and after, so that no query of metrics gives them.
"""


def write() -> str:
    """The whole page."""
    layer = SemanticLayer.load()
    parts = [_HEAD, "## Definitions\n"]
    for group, metrics in layer.groups.items():
        parts += [f"**{group}**\n", _contents(metrics)]
    parts += [_entry(metric) for metric in layer.metrics]
    parts += [_PRODUCTS, *(_product_entry(figure) for figure in FIGURES.values())]
    return "\n".join(parts).rstrip() + "\n"


def _contents(metrics: Sequence[Metric]) -> str:
    rows = [
        f"| [{metric.label}](#{_anchor(metric)}) | `{metric.name}` | {metric.formula} |" for metric in metrics
    ]
    return "\n".join(["| metric | name | formula |", "| --- | --- | --- |", *rows, ""])


def _anchor(metric: Metric) -> str:
    return metric.label.lower().replace(" ", "-")


def _entry(metric: Metric) -> str:
    lines = [
        f"### {metric.label}\n",
        f"{metric.description}\n",
        f"- **Name**: `{metric.name}`"
        + (f"; also called {', '.join(metric.synonyms)}" if metric.synonyms else ""),
        f"- **Formula**: {metric.formula}",
        f"- **Unit**: {_UNITS[metric.unit]}; {_GOOD[metric.good_direction]}",
    ]
    if metric.scope:
        lines.append(f"- **In and out**: {metric.scope}")
    if metric.compared:
        lines.append(f"- **Elsewhere**: {metric.compared}")
    lines.append(f"- **By**: {', '.join(f'`{name}`' for name in metric.dimensions)}\n")
    return "\n".join(lines)


def _product_entry(figure: ProductFigure) -> str:
    lines = [
        f"### {figure.label}\n",
        f"{figure.description}\n",
        f"- **Formula**: {figure.formula}",
        f"- **Unit**: {_UNITS[figure.unit]}; {_GOOD[figure.good]}",
        f"- **In and out**: {figure.scope}",
        f"- **Elsewhere**: {figure.compared}\n",
    ]
    return "\n".join(lines)


def main(arguments: Sequence[str]) -> int:
    """Write the page to the path given, or to standard output."""
    page = write()
    if arguments:
        Path(arguments[0]).write_text(page, encoding="utf-8")
    else:
        sys.stdout.write(page)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
