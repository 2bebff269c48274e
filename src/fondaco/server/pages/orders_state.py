"""The whole state of Orders: which orders, of which days, under which conditions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from fastapi import Request

from fondaco.errors import ConfigError
from fondaco.metrics import MetricQuery, OrdersAsked
from fondaco.metrics.profit_orders import PROFIT_ORDERINGS, WHICH
from fondaco.server.pages.choices import view_of
from fondaco.server.pages.sales_state import SalesState
from fondaco.server.pages.sheets import parse_sheet
from fondaco.server.periods import View
from fondaco.server.site import Site

OF_ORDERS = ("country", "channel", "customer_type")
"""Conditions that orders share with Sales and Profit."""

FILTERS = (*OF_ORDERS, "campaign_id")

USUAL_ORDER = "-order_date"
_ASKED = "loss_making_orders"


@dataclass(frozen=True, slots=True)
class OrdersState(SalesState):
    """What a reader has chosen on Orders."""

    usual_metric: ClassVar[str] = _ASKED

    metric: str = _ASKED
    which: str = ""
    """Which orders are listed; a name of ``WHICH``."""

    def state(self) -> dict[str, str]:
        return {**SalesState.state(self), "which": self.which}

    @property
    def path(self) -> str:
        return "/orders"

    @property
    def campaign_id(self) -> str | None:
        """The campaign whose orders are listed, empty for orders of none; None where it does not matter."""
        return dict(self.view.filters).get("campaign_id")

    @property
    def without_campaign(self) -> View:
        """The view as the semantic layer takes it: no figure of profit has a campaign."""
        kept = tuple(each for each in self.view.filters if each[0] != "campaign_id")
        return replace(self.view, filters=kept)

    @property
    def order_by(self) -> str:
        return self.orders.order or USUAL_ORDER

    def asks(self, by: tuple[str, ...] = (), metric: str = "") -> MetricQuery:
        query = SalesState.asks(self, by, metric)
        return replace(query, where=self.without_campaign.where)

    def asked(self, *, which: str | None = None, find: str | None = None) -> OrdersAsked:
        """The orders that are listed, or others of the same days and conditions."""
        return OrdersAsked(
            self.asks(),
            self.which if which is None else which,
            self.campaign_id,
            self.orders.find if find is None else find,
        )


def orders_address(view: View, **chosen: str) -> str:
    """The address of the orders behind a view of another page; empty where it has conditions that single orders have not, such as a product."""
    if any(name not in FILTERS for name, _ in view.filters):
        return ""
    state = OrdersState(replace(view, chosen_grain=None))
    return state.address(chosen)


def orders_state(request: Request, site: Site) -> OrdersState:
    """Read the state from the URL. By the order clock nothing happened to orders of other days.

    Raises
    ------
    ConfigError
        If a value is not known.
    """
    asked = request.query_params
    view = replace(view_of(request, site, FILTERS), chosen_grain=None)
    which = asked.get("which", "")
    if which not in WHICH:
        raise ConfigError(f"which={which[:40]!r} is not known.", "Use lost or earlier, or leave it out.")
    return OrdersState(
        view,
        orders=parse_sheet("orders", asked, PROFIT_ORDERINGS),
        which="" if which == "earlier" and view.clock == "order" else which,
    )
