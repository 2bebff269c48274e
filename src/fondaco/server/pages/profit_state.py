"""The whole state of Profit: of which days, under which conditions, broken down by what."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from fastapi import Request

from fondaco.errors import ConfigError
from fondaco.metrics.profit import LOSS_ORDERINGS, LOST
from fondaco.server.pages.choices import view_of
from fondaco.server.pages.sales_state import DEFAULT_BY, SalesState, by_days, dimensions_of
from fondaco.server.pages.sheets import Sheet, parse_sheet
from fondaco.server.periods import View
from fondaco.server.site import Site

NET_PROFIT = "net_profit"
SPLITS = ("shop", "country", "channel", "customer_type", "product", "collection")
"""What profit is broken down by."""

FILTERS = (*(name for name in SPLITS if name != "shop"), "product_id")

_LATER_SHEET = Sheet("later")

PARTS = (
    "name", "net_sales", "contribution_margin_1", "contribution_margin_2", "contribution_margin_3", "net_profit", "rate", "then",
)  # fmt: skip
"""Columns that the breakdown can be ordered by."""


@dataclass(frozen=True, slots=True)
class ProfitState(SalesState):
    """What a reader has chosen on Profit. It is walked through as Sales is, but down to days only: nothing but sales has an hour."""

    usual_metric: ClassVar[str] = NET_PROFIT
    dimensions: ClassVar[tuple[str, ...]] = SPLITS

    metric: str = NET_PROFIT
    lost: str = ""
    """Which orders that lost money are listed; a name of ``LOST``."""
    later: Sheet = _LATER_SHEET
    """Which earlier orders are shown that cost money in the period."""

    def state(self) -> dict[str, str]:
        return {**SalesState.state(self), "lost": self.lost, **self.later.state()}

    def elsewhere(self) -> dict[str, str]:
        return {**SalesState.elsewhere(self), **dict.fromkeys(self.later.keys[1:], "")}

    @property
    def path(self) -> str:
        return "/profit"


def usual_profit(view: View) -> ProfitState:
    """Profit as it opens: by country."""
    return ProfitState(by_days(view))


def profit_state(request: Request, site: Site) -> ProfitState:
    """Read the state from the URL. A dimension that there is not gives way to the first that there is.

    Raises
    ------
    ConfigError
        If a value is not known.
    """
    asked = request.query_params
    state = replace(
        usual_profit(view_of(request, site, FILTERS)),
        by=asked.get("by") or DEFAULT_BY,
        lost=_lost(asked.get("lost", "")),
        parts=parse_sheet("parts", asked, PARTS),
        orders=parse_sheet("orders", asked, LOSS_ORDERINGS),
        later=parse_sheet("later", asked, ()),
    )
    site.layer.compile(state.asks(), "duckdb")
    offered = dimensions_of(site, state)
    return replace(state, by=state.by if state.by in offered else next(iter(offered), DEFAULT_BY))


def _lost(asked: str) -> str:
    if asked not in LOST:
        raise ConfigError(f"lost={asked[:40]!r} is not known.", "Use before or marketing, or leave it out.")
    return asked
