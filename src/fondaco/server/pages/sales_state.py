"""The whole state of Sales: which figure, of which days, under which conditions, broken down by what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import ClassVar

from fastapi import Request

from fondaco.metrics import MetricQuery
from fondaco.metrics.orders import ORDERINGS
from fondaco.server.numbers import Numbers
from fondaco.server.pages.charts import Step, step_period
from fondaco.server.pages.choices import DIMENSIONS, FILTERS, LABELS, Chip, asked_by, value_in_words, view_of
from fondaco.server.pages.sheets import Sheet, Way, Ways, parse_sheet
from fondaco.server.periods import CUSTOM, NO_VALUE, Grain, Period, View, shift_months, written
from fondaco.server.site import Site

DEFAULT_METRIC = "net_sales"
DEFAULT_BY = "country"
PARTS = ("name", "now", "then")
"""Columns that the breakdown can be ordered by."""

_PARTS_SHEET, _ORDERS_SHEET = Sheet("parts"), Sheet("orders")


@dataclass(frozen=True, slots=True)
class SalesState:
    """What a reader has chosen on Sales, or on a page that is walked through in the same way.

    Attributes
    ----------
    by
        The dimension of the breakdown, as the URL names it.
    parts, orders
        Which rows of the breakdown and of the list of orders are shown.
    usual_metric, usual_by
        The figure that the page opens with, and what it is broken down by; they do not stand in the URL.
    dimensions
        What the page breaks down by.
    """

    usual_metric: ClassVar[str] = DEFAULT_METRIC
    usual_by: ClassVar[str] = DEFAULT_BY
    dimensions: ClassVar[tuple[str, ...]] = tuple(DIMENSIONS)

    view: View
    metric: str = DEFAULT_METRIC
    by: str = DEFAULT_BY
    parts: Sheet = _PARTS_SHEET
    orders: Sheet = _ORDERS_SHEET

    @property
    def path(self) -> str:
        """The address of the page."""
        return "/sales"

    def panel(self, name: str) -> str:
        """The address of one of its panels."""
        return f"{self.path}/{name}"

    def state(self) -> dict[str, str]:
        metric = "" if self.metric == self.usual_metric else self.metric
        by = "" if self.by == self.usual_by else self.by
        return {**self.view.state(), "metric": metric, "by": by, **self.parts.state(), **self.orders.state()}

    def query(self, changes: Mapping[str, str] | None = None) -> str:
        """The URL's query, with some parts changed."""
        return written({**self.state(), **(changes or {})})

    def address(self, changes: Mapping[str, str] | None = None) -> str:
        query = self.query(changes)
        return self.path + (f"?{query}" if query else "")

    def ways(self, panel: str) -> Ways:
        """Ways to other states of one panel."""

        def way(changes: Mapping[str, str]) -> Way:
            return Way(self.address(changes), f"{self.panel(panel)}?{self.query(changes)}")

        return way

    def elsewhere(self) -> dict[str, str]:
        """Sheets go back to the first one when what they show changes."""
        return dict.fromkeys((*self.parts.keys[1:], *self.orders.keys[1:]), "")

    def restricted(self, conditions: Mapping[str, str | None]) -> str:
        """The address of this view under further conditions, broken down by something that is still open."""
        closed = {
            *conditions,
            *(name for name, _ in self.view.filters),
            *(["shop"] if self.view.shop else []),
        }
        if "product_id" in closed:
            closed |= {"product", "shop"}
        by = next(
            (name for name in (self.by, self.usual_by, *self.dimensions) if name not in closed), self.by
        )
        values = {name: value or NO_VALUE for name, value in conditions.items()}
        return self.address(self.elsewhere() | values | {"by": "" if by == self.usual_by else by})

    def of_period(self, period: Period) -> str:
        """The address of this view over other days, by their usual step."""
        days = {"range": CUSTOM, "from": period.first.isoformat(), "to": period.last.isoformat()}
        return self.address(self.elsewhere() | days | {"grain": ""})

    def drilled(self, step: Step) -> str:
        """Where a step of the chart leads: into its days; an hour leads to the orders placed in it."""
        if isinstance(step, str):
            return "" if ("hour", step) in self.view.filters else self.restricted({"hour": step})
        within = step_period(step, self.view.grain, self.view.period)
        return "" if within == self.view.period else self.of_period(within)

    def asks(self, by: tuple[str, ...] = (), metric: str = "") -> MetricQuery:
        """The question behind the page, as the semantic layer takes it."""
        view = self.view
        return MetricQuery(
            (metric or self.metric,),
            by,
            first=view.period.first,
            last=view.period.last,
            clock=view.clock,
            where=view.where,
        )


def usual_grain(view: View) -> Grain:
    """The step that shows what a period is made of: years, a year of months, a month of days, a day of hours."""
    if view.period.days == 1:
        return "hour"
    if view.range != CUSTOM:
        return view.period.grain
    if view.period.days > 366:
        return "year"
    whole = view.period.calendar_months(view.today) > 1
    return "month" if whole or view.period.days > 93 else "day"


def by_days(view: View) -> View:
    """The view by days at the least, for figures that have no hour."""
    usual = usual_grain(view)
    chosen = None if view.chosen_grain == "hour" else view.chosen_grain
    return replace(view, usual_grain="day" if usual == "hour" else usual, chosen_grain=chosen)


def usual_state(view: View) -> SalesState:
    """Sales as it opens: net sales by country."""
    return SalesState(replace(view, usual_grain=usual_grain(view)))


def sales_state(request: Request, site: Site) -> SalesState:
    """Read the state from the URL. A dimension that the metric does not have gives way to the first that it has.

    Raises
    ------
    ConfigError
        If a value is not known, or the metric does not have a dimension of the conditions.
    """
    asked = request.query_params
    state = replace(
        usual_state(view_of(request, site, FILTERS)),
        metric=site.metric(asked.get("metric") or DEFAULT_METRIC).name,
        by=asked.get("by") or DEFAULT_BY,
        parts=parse_sheet("parts", asked, PARTS),
        orders=parse_sheet("orders", asked, ORDERINGS),
    )
    site.layer.compile(state.asks(), "duckdb")
    offered = dimensions_of(site, state)
    if "hour" not in offered and state.view.grain == "hour":
        state = replace(
            state, view=replace(state.view, chosen_grain=None, usual_grain=state.view.period.grain)
        )
    return replace(state, by=state.by if state.by in offered else next(iter(offered), DEFAULT_BY))


def dimensions_of(site: Site, state: SalesState) -> list[str]:
    """What the metric can be broken down by under the present conditions."""
    return [
        name
        for name in state.dimensions
        if site.layer.answers(state.asks(asked_by(name))) and (name != "collection" or site.collections)
    ]


def metrics_of(site: Site, state: SalesState) -> list[str]:
    """Metrics that can be seen under the present conditions."""
    return [
        metric.name
        for metric in site.layer.metrics
        if metric.is_dated and site.layer.answers(state.asks(metric=metric.name))
    ]


def chips(site: Site, state: SalesState) -> list[Chip]:
    """The conditions in words, each with the address without it."""
    conditions = [("shop", state.view.shop)] if state.view.shop else []
    shown = []
    for name, value in (*conditions, *state.view.filters):
        without = state.address(state.elsewhere() | {name: ""})
        label = LABELS[name]
        shown.append(Chip(name, f"{label}: {value_in_words(site, name, value)}", without))
    return shown


@dataclass(frozen=True, slots=True)
class Crumb:
    """A larger stretch of time around the days shown; without an address, the days themselves."""

    text: str
    address: str = ""


def crumbs(state: SalesState, numbers: Numbers, since: date | None) -> list[Crumb]:
    """The way from all years down to a period of the reader's own; empty for the periods of the menu.

    Parameters
    ----------
    since
        The first day with data.
    """
    view = state.view
    period = view.period
    if view.range != CUSTOM or since is None:
        return []
    around = [("All years", Period(min(date(since.year, 1, 1), period.first), max(view.today, period.last)))]
    if period.first.year == period.last.year:
        year = date(period.first.year, 1, 1)
        around.append((str(year.year), Period(year, shift_months(year, 12) - timedelta(1))))
        if period.first.month == period.last.month:
            month = period.first.replace(day=1)
            around.append((numbers.month(month), Period(month, shift_months(month, 1) - timedelta(1))))
    found = []
    for text, whole in around:
        days = Period(whole.first, max(min(whole.last, view.today), period.last))
        if days != period:
            found.append(Crumb(text, state.of_period(days)))
        else:
            return [*found, Crumb(text)]
    return [*found, Crumb(numbers.period(period.first, period.last))]
