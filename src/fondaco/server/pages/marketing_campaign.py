"""What the page of one campaign shows."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from fondaco.metrics import shown_steps
from fondaco.metrics.marketing import CAMPAIGN_STATEMENT, attributed_statement
from fondaco.metrics.payback import CampaignRole, paybacks
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
from fondaco.server.pages.marketing_course import sold_nothing, spend_chart
from fondaco.server.pages.marketing_panels import brought, grains, now_and_then, ratios
from fondaco.server.pages.marketing_state import KEY, CampaignState
from fondaco.server.pages.orders_state import orders_address
from fondaco.server.site import NotThereError, Site

LISTED_DAYS = 10

# What single orders rarely have; the lines of the statement that nothing stands in are left out.
_RARE = frozenset(
    step.metric
    for step in CAMPAIGN_STATEMENT
    if not step.is_sum and step.metric not in ("gross_sales", "cost_of_goods", "ad_spend")
)
_STEP_OF = {
    "net_sales": "attributed_revenue",
    "contribution_margin_2": "attributed_contribution_margin_2",
}
"""Sums of the statement that are metrics of advertising too."""


def campaign_shown(site: Site, numbers: Numbers, state: CampaignState) -> dict[str, Any]:
    """All parts of the page.

    Raises
    ------
    NotThereError
        If no ad account has, or had, the campaign.
    """
    own = campaigns_of(site).get(state.campaign_id)
    if own is None:
        raise NotThereError(
            f"There is no campaign {state.campaign_id[:100]!r}.", "Choose one on the page Marketing."
        )
    figures = Figures(site, state.view, numbers)
    now, then = now_and_then(figures)
    view = state.view
    kept = view.query(campaign_id="", grain="")
    return {
        "name": campaign_name(own, state.campaign_id),
        "about": " · ".join(filter(None, _about(numbers, own))),
        "status": state_of(own),
        "back": "/marketing" + (f"?{kept}" if kept else ""),
        "in_marketing": "/marketing?" + urlencode({"campaign_id": state.campaign_id}) + (f"&{kept}" if kept else ""),
        "query": view.query(),
        "to_orders": orders_address(view, campaign_id=state.campaign_id),
        "figures": [figures.figure(name, now, then) for name in ("ad_spend", "attributed_revenue", "claimed_revenue")],
        "chart": spend_chart(figures, KEY, marks=True),
        "grains": grains(state),
        "ratios": ratios(figures, state),
        "statement": _statement(figures, now),
        "loses": (now["campaign_profit"] or 0) < 0,
        "counts": [figures.figure(name, now, then) for name in _COUNTS],
        "payback": payback_of(figures, state.campaign_id),
        "idle": _idle_days(figures),
        "brought": brought(figures, state),
    }  # fmt: skip


_COUNTS = (
    "ad_impressions", "ad_clicks", "click_through_rate", "cost_per_click", "claimed_conversions", "attributed_orders",
    "attributed_new_customers",
)  # fmt: skip


def _about(numbers: Numbers, own: Row) -> list[str]:
    """Where it runs, of what kind it is, and since when."""
    return [
        platform_in_words(own["platform"]),
        own["account_name"] or "",
        type_in_words(own),
        f"number {own['source_campaign_id']}" if own["source_campaign_id"] else "",
        f"made {numbers.day(own['created_at'].date())}" if own["created_at"] else "",
    ]


def _statement(figures: Figures, now: Row) -> list[tuple[Any, str, bool]]:
    """From the gross sales of what it brought to what is left once it is paid."""
    site, view, numbers = figures.site, figures.view, figures.numbers
    spent = now["ad_spend"] or Decimal(0)
    lines = site.remembered(
        ("campaign", view.period, view.filters),
        lambda: attributed_statement(
            site.project.reader,
            site.tenant_id,
            view.period.first,
            view.period.last,
            dict(view.filters),
            ad_spend=spent,
        ),
    )
    return [
        (
            figures.metric(_STEP_OF.get(step.metric, step.metric)),
            numbers.money(step.signed(lines[step.metric])),
            step.is_sum,
        )
        for step in shown_steps(lines, rare=_RARE, statement=CAMPAIGN_STATEMENT)
    ]


def payback_of(figures: Figures, campaign_id: str, *, role: CampaignRole = "ads") -> dict[str, Any] | None:
    """After how many days the customers whom it won had paid what was spent; None where nothing was spent."""
    site, period, numbers = figures.site, figures.view.period, figures.numbers
    found = site.remembered(
        ("payback", campaign_id, period),
        lambda: paybacks(
            site.project.reader, site.tenant_id, period.first, period.last, campaign_id, role=role
        ),
    ).get(campaign_id)
    if found is None:
        return None
    return {
        "days": None if found.days is None else numbers.count(found.days),
        "one": found.days == 1,
        "at_once": found.days == 0,
        "customers": numbers.count(found.customers),
        "one_customer": found.customers == 1,
        "none": found.customers == 0,
        "margin": numbers.money(found.margin),
        "spend": numbers.money(found.spend),
        "share": numbers.rate(found.share),
    }


def _idle_days(figures: Figures) -> dict[str, Any]:
    """Days on which money was spent and to which no order is attributed, the dearest first."""
    numbers = figures.numbers
    days = series(figures, KEY, figures.view.period, "day")
    spent = [row for _, row in days if row["ad_spend"]]
    idle = sorted(
        ((day, row) for day, row in days if sold_nothing(row)), key=lambda each: -each[1]["ad_spend"]
    )
    return {
        "count": numbers.count(len(idle)),
        "of": numbers.count(len(spent)),
        "is_any": bool(idle),
        "has_spent": bool(spent),
        "spent": numbers.money(sum((row["ad_spend"] for _, row in idle), Decimal(0))),
        "rows": [
            (numbers.bucket(day, "day"), numbers.money(row["ad_spend"]), numbers.count(row["ad_clicks"]))
            for day, row in idle[:LISTED_DAYS]
        ],
        "more": len(idle) > LISTED_DAYS,
        "metric": {name: figures.metric(name) for name in ("ad_spend", "ad_clicks")},
    }
