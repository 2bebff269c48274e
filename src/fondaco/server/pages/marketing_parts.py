"""Advertising by its parts: each platform, account or campaign with all its figures, and orders of no campaign that is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from fondaco.metrics.sight import Sight, read_visits
from fondaco.server.pages.advertising import (
    NO_CAMPAIGN,
    campaign_name,
    campaigns_of,
    is_idle,
    platform_in_words,
    state_of,
    type_in_words,
)
from fondaco.server.pages.choices import address_of, asked_by, value_in_words
from fondaco.server.pages.figures import Figures, Row
from fondaco.server.pages.health import Badge
from fondaco.server.pages.marketing_state import KEY, MarketingState

HIDDEN = Badge("Cannot be seen", "warn")
"""A campaign that may have sold in a shop that tells no visits."""

SUMS = (
    "ad_spend", "ad_impressions", "ad_clicks", "claimed_conversions", "claimed_revenue", "attributed_orders", "attributed_revenue",
    "attributed_contribution_margin_2",
)  # fmt: skip

Key = tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class AdPart:
    """One platform, account or campaign.

    Attributes
    ----------
    detail
        Of a campaign its platform and kind.
    state
        Of a campaign whether it runs.
    address
        Its page, or this page restricted to it.
    is_idle
        Of a campaign whether it is paused, has ended or was removed.
    key
        What tells it in a file.
    now, then
        Its figures in the period and in the compared one; None where it had none.
    """

    name: str
    detail: str
    state: Badge | None
    address: str
    is_idle: bool
    key: Key
    now: Row
    then: Row | None

    @property
    def is_told(self) -> bool:
        """Whether it is a campaign, account or platform, and not what belongs to none."""
        return self.key[0] is not None

    @property
    def loses(self) -> bool:
        """Whether it cost something, and more than it brought; what is not seen of it is for ``is_hidden``."""
        return bool(self.now["ad_spend"] > 0 and self.now["campaign_profit"] < 0)


def ad_parts(figures: Figures, state: MarketingState) -> list[AdPart]:
    """Every value of the dimension on which something was spent, claimed or brought: the greatest spend first, what belongs to none
    last. Their sums are the figures of the whole."""
    dimensions, view = asked_by(state.by), figures.view

    def rows(period: Any) -> dict[Key, Row]:
        found = figures.rows(KEY, dimensions, period) if period else []
        return {
            tuple(row[name] or None for name in dimensions): row
            for row in found
            if any(row[name] for name in SUMS)
        }

    now, then = rows(view.period), rows(view.comparison)
    parts = [
        AdPart(
            *_named(figures, state, key), key=key, now=now.get(key, NOTHING), then=then.get(key) if view.comparison else None
        )
        for key in dict.fromkeys((*now, *then))
    ]  # fmt: skip
    return sorted(
        parts, key=lambda part: (not part.is_told, -part.now["ad_spend"], part.name, part.key[-1] or "")
    )


NOTHING: Row = {
    **dict.fromkeys(KEY),
    **dict.fromkeys((*SUMS, "campaign_profit", "claim_gap", "attributed_new_customers"), Decimal(0)),
}
"""The figures of what neither cost nor brought anything: its sums are nought, its quotients undefined."""


def _named(figures: Figures, state: MarketingState, key: Key) -> tuple[str, str, Badge | None, str, bool]:
    """A part's name, detail, state and address, and whether it is idle."""
    site = figures.site
    if state.by != "campaign":
        [value] = key
        return value_in_words(site, state.by, value), "", None, state.restricted({state.by: value}), False
    campaign_id, platform = key
    if campaign_id is None:
        address = state.restricted({"platform": platform, "campaign_id": None})
        return NO_CAMPAIGN, platform_in_words(platform), None, address, False
    campaign = campaigns_of(site).get(campaign_id)
    return (
        campaign_name(campaign, campaign_id),
        " · ".join(filter(None, (platform_in_words(platform), type_in_words(campaign)))),
        state_of(campaign),
        campaign_address(campaign_id, figures),
        is_idle(campaign),
    )


def campaign_address(campaign_id: str, figures: Figures) -> str:
    """A campaign's page, over the same days."""
    kept = {name: "" for name, _ in figures.view.filters}
    return address_of("marketing/campaigns", campaign_id, figures.view.query(**kept, shop="", grain=""))


def sight_of(figures: Figures) -> Sight:
    """Of which campaigns it can be seen what they brought in the period; remembered with what is published."""
    site, period = figures.site, figures.view.period

    def read() -> Sight:
        return read_visits(site.project.reader, site.tenant_id, period.first, period.last).sight(
            period.first, period.last
        )

    return site.remembered(("sight", period.first, period.last), read)


def is_hidden(sight: Sight, part: AdPart) -> bool:
    """Whether a campaign cost something, and what it brought cannot be seen."""
    return part.is_told and part.loses and not sight.sees(part.key[0] or "")


def judged_in_words(sight: Sight, part: AdPart) -> Badge | None:
    """Whether a campaign loses, brought no order, or cannot be seen; None where it does neither, or is no campaign."""
    if not part.is_told or not part.loses:
        return None
    if len(part.key) == 1:
        return Badge("Loses money", "bad") if sight.is_whole else None
    if is_hidden(sight, part):
        return HIDDEN
    return Badge("Loses money", "bad") if part.now["attributed_orders"] else Badge("No order", "bad")


def told_columns(figures: Figures, part: AdPart) -> tuple[Any, ...]:
    """What tells a part in a file: of a campaign its id, name, platform, account, kind and state."""
    if len(part.key) == 1:
        return part.key[0], part.name
    campaign_id, platform = part.key
    own: Mapping[str, Any] = campaigns_of(figures.site).get(campaign_id or "", {})
    told = (own.get(name) for name in ("account_name", "campaign_type", "status"))
    return campaign_id, part.name, platform, *told


TOLD = ("campaign_id", "campaign", "platform", "account", "campaign_type", "status")


def written(figures: Figures, name: str, value: Any) -> str:
    """A figure in a column: quotients with two decimals, so that they stand under each other."""
    metric = figures.metric(name)
    return (
        figures.numbers.fixed(value) if metric.unit == "ratio" else figures.numbers.figure(value, metric.unit)
    )
