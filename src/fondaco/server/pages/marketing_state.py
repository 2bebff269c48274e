"""The whole state of Marketing: of which days, under which conditions, broken down by what, which columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

from fastapi import Request

from fondaco.errors import ConfigError
from fondaco.metrics.marketing import ATTRIBUTED_ORDERINGS
from fondaco.server.pages.choices import AD_DIMENSIONS, AD_FILTERS, address_of, view_of
from fondaco.server.pages.sales_state import SalesState, by_days
from fondaco.server.pages.sheets import Sheet, Way, Ways, parse_sheet
from fondaco.server.periods import View
from fondaco.server.site import Site

SPEND = "ad_spend"
USUAL_SET = "result"

COLUMNS: dict[str, tuple[str, ...]] = {
    "result": (
        "ad_spend", "attributed_orders", "attributed_revenue", "attributed_contribution_margin_2", "campaign_profit",
        "return_on_ad_spend", "campaign_break_even_roas", "profit_on_ads",
    ),
    "claims": (
        "ad_spend", "claimed_conversions", "attributed_orders", "claimed_revenue", "attributed_revenue", "claim_gap",
        "claimed_roas", "return_on_ad_spend",
    ),
    "reach": (
        "ad_spend", "ad_impressions", "ad_clicks", "click_through_rate", "cost_per_click", "attributed_orders",
        "cost_per_order", "attributed_new_customers", "campaign_customer_acquisition_cost",
    ),
}  # fmt: skip
"""What the table shows at a time: there is no room for all."""

SETS = {"result": "Result", "claims": "Claims", "reach": "Clicks and customers"}

KEY = tuple(dict.fromkeys(name for names in COLUMNS.values() for name in names))
"""Asked for in one query, which all panels share."""


MESSAGE_COLUMNS = (
    "messages_sent", "open_rate", "click_rate", "message_orders", "message_claimed_orders", "message_revenue",
    "message_cost", "message_profit", "profit_on_messages",
)  # fmt: skip
"""Columns of the table of messages."""

_LETTERS_SHEET = Sheet("letters")


@dataclass(frozen=True, slots=True)
class MarketingState(SalesState):
    """What a reader has chosen on Marketing. It is walked through as Sales is, down to days; advertising has neither shop nor hour.

    Attributes
    ----------
    shown
        Which columns the table has: a name of ``SETS``.
    letters
        Which rows of the table of messages are shown.
    with_idle
        Whether campaigns that are paused, ended or removed stand in the table one by one.
    """

    usual_metric: ClassVar[str] = SPEND
    usual_by: ClassVar[str] = "campaign"
    dimensions: ClassVar[tuple[str, ...]] = tuple(AD_DIMENSIONS)

    metric: str = SPEND
    by: str = "campaign"
    shown: str = USUAL_SET
    letters: Sheet = _LETTERS_SHEET
    with_idle: bool = False

    @property
    def path(self) -> str:
        return "/marketing"

    def state(self) -> dict[str, str]:
        columns = "" if self.shown == USUAL_SET else self.shown
        idle = "shown" if self.with_idle else ""
        return {**SalesState.state(self), "columns": columns, "idle": idle, **self.letters.state()}


@dataclass(frozen=True, slots=True)
class CampaignState(MarketingState):
    """The same for the page of one campaign, which is one piece: its parts have no address of their own."""

    campaign_id: str = ""

    @property
    def path(self) -> str:
        return address_of("marketing/campaigns", self.campaign_id)

    def panel(self, name: str) -> str:
        return self.path

    def state(self) -> dict[str, str]:
        return {name: value for name, value in MarketingState.state(self).items() if name != "campaign_id"}

    def ways(self, panel: str) -> Ways:
        def way(changes: Mapping[str, str]) -> Way:
            address = self.address(changes)
            return Way(address, address)

        return way


def marketing_view(request: Request, site: Site, filters: tuple[str, ...] = AD_FILTERS) -> View:
    """The days and conditions of the address. A shop is left out: money is spent in ad accounts, not for a shop."""
    return by_days(replace(view_of(request, site, filters), shop=None))


def usual_marketing(view: View) -> MarketingState:
    """Marketing as it opens: by campaign."""
    return MarketingState(by_days(view))


def marketing_state(request: Request, site: Site) -> MarketingState:
    """Read the state from the URL.

    Raises
    ------
    ConfigError
        If a value is not known.
    """
    asked = request.query_params
    by = asked.get("by") or "campaign"
    return MarketingState(
        marketing_view(request, site),
        by=by if by in AD_DIMENSIONS else "campaign",
        shown=_set_of(asked.get("columns") or USUAL_SET),
        parts=parse_sheet("parts", asked, ("name", *KEY)),
        orders=parse_sheet("orders", asked, ATTRIBUTED_ORDERINGS),
        letters=parse_sheet("letters", asked, ("name", *MESSAGE_COLUMNS)),
        with_idle=asked.get("idle") == "shown",
    )


def campaign_state(request: Request, site: Site, campaign_id: str) -> CampaignState:
    """The state of one campaign's page."""
    view = replace(marketing_view(request, site, ()), filters=(("campaign_id", campaign_id),))
    orders = parse_sheet("orders", request.query_params, ATTRIBUTED_ORDERINGS)
    return CampaignState(view, orders=orders, campaign_id=campaign_id)


def _set_of(name: str) -> str:
    if name not in SETS:
        raise ConfigError(f"columns={name!r} is not known.", f"Use one of {', '.join(SETS)}.")
    return name
