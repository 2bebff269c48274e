"""What the page of one campaign or flow of messages shows."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from fondaco.metrics import shown_steps
from fondaco.metrics.marketing import CAMPAIGN_STATEMENT, attributed_statement
from fondaco.server.numbers import Numbers
from fondaco.server.pages.advertising import (
    campaign_name,
    campaigns_of,
    platform_in_words,
    state_of,
    type_in_words,
)
from fondaco.server.pages.charts import series
from fondaco.server.pages.figures import Figures, Row
from fondaco.server.pages.marketing_campaign import payback_of
from fondaco.server.pages.marketing_messages import MESSAGE_KEY, OF_COST, known, message_cell
from fondaco.server.pages.marketing_panels import brought
from fondaco.server.pages.marketing_state import CampaignState
from fondaco.server.site import Site

LISTED_DAYS = 14
_TILES = ("messages_sent", "click_rate", "message_revenue", "message_profit", "message_claimed_revenue")
_FUNNEL = (
    "messages_sent", "messages_delivered", "bounce_rate", "messages_opened", "open_rate", "messages_clicked", "click_rate",
    "click_to_open_rate", "messages_unsubscribed", "unsubscribe_rate", "messages_marked_spam", "message_orders",
    "message_new_customers", "message_claimed_orders", "message_claim_gap", "revenue_per_recipient",
)  # fmt: skip
_BY_DAY = {
    "messages_sent": "Sent", "messages_opened": "Opened", "messages_clicked": "Clicked", "message_orders": "Orders",
    "message_claimed_orders": "Claimed", "message_cost": "Cost",
}  # fmt: skip
_COSTS = (*OF_COST[:3], "message_break_even_roas", *OF_COST[3:])
_RARE = frozenset(
    step.metric
    for step in CAMPAIGN_STATEMENT
    if not step.is_sum and step.metric not in ("gross_sales", "cost_of_goods", "ad_spend")
)
_STEP_OF = {
    "net_sales": "message_revenue", "contribution_margin_2": "message_contribution_margin_2", "ad_spend": "message_cost",
    "campaign_profit": "message_profit",
}  # fmt: skip


def letter_shown(site: Site, numbers: Numbers, state: CampaignState) -> dict[str, Any]:
    """All parts of the page. The campaign is there, and people are written to by it."""
    own = campaigns_of(site)[state.campaign_id]
    figures = Figures(site, state.view, numbers)
    view = state.view
    now = known(figures.totals(MESSAGE_KEY))
    then = known(figures.totals(MESSAGE_KEY, view.comparison)) if view.comparison else None
    kept = view.query(campaign_id="", grain="")
    return {
        "name": campaign_name(own, state.campaign_id),
        "about": " · ".join(filter(None, _about(numbers, own))),
        "status": state_of(own),
        "back": "/marketing" + (f"?{kept}" if kept else ""),
        "query": view.query(),
        "tiles": [figures.figure(name, now, then) for name in _TILES],
        "funnel": [figures.figure(name, now, then) for name in _FUNNEL],
        "gap": numbers.money(now["message_claim_gap"]),
        "gap_metric": figures.metric("message_claim_gap"),
        "cost": numbers.money(now["message_cost"]),
        "cost_metric": figures.metric("message_cost"),
        "costs": [figures.figure(name, now, then) for name in _COSTS],
        "payback": payback_of(figures, state.campaign_id, role="messages"),
        "is_paid": now["message_cost"] is not None,
        "is_unpriced": bool(now["unpriced_messages"]),
        "statement": _statement(figures, now["message_cost"]),
        "days": _days(figures),
        "brought": brought(figures, state, role="messages"),
    }


def _about(numbers: Numbers, own: Row) -> list[str]:
    return [
        platform_in_words(own["platform"]),
        own["account_name"] or "",
        type_in_words(own),
        f"number {own['source_campaign_id']}" if own["source_campaign_id"] else "",
        f"made {numbers.day(own['created_at'].date())}" if own["created_at"] else "",
    ]


def _statement(figures: Figures, cost: Decimal | None) -> list[tuple[Any, str, bool]]:
    """From the gross sales of what it brought to what is left once it is paid; to what that left before marketing, where nobody
    tells what it cost."""
    statement = CAMPAIGN_STATEMENT if cost is not None else CAMPAIGN_STATEMENT[:-2]
    site, view, numbers = figures.site, figures.view, figures.numbers
    lines = site.remembered(
        ("letter", view.period, view.filters),
        lambda: attributed_statement(
            site.project.reader, site.tenant_id, view.period.first, view.period.last, dict(view.filters),
            ad_spend=cost or Decimal(0), role="messages",
        ),
    )  # fmt: skip
    return [
        (
            figures.metric(_STEP_OF.get(step.metric, step.metric)),
            numbers.money(step.signed(lines[step.metric])),
            step.is_sum,
        )
        for step in shown_steps(lines, rare=_RARE, statement=statement)
    ]


def _days(figures: Figures) -> dict[str, Any]:
    """Days on which it was sent or brought anything, the newest first."""
    numbers = figures.numbers
    found = [
        (day, row)
        for day, told in series(figures, MESSAGE_KEY, figures.view.period, "day")
        for row in (known(told),)
        if any(row[name] for name in _BY_DAY)
    ]
    return {
        "metrics": [(figures.metric(name), short) for name, short in _BY_DAY.items()],
        "rows": [
            (numbers.bucket(day, "day"), [message_cell(figures, name, row) for name in _BY_DAY])
            for day, row in reversed(found[-LISTED_DAYS:])
        ],
        "more": len(found) > LISTED_DAYS,
    }
