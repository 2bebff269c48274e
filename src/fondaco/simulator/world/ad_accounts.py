"""What the merchant advertises with: an account for each platform, campaigns, ad groups (Meta: ad sets), ads, keywords.

Ids and names depend on the shop alone, so every world has the same ones; a campaign's life is a part of the world's days.
"""

from __future__ import annotations

from dataclasses import dataclass

from fondaco.simulator.world.frames import DAY
from fondaco.simulator.world.merchants import AD_PLATFORMS, MERCHANTS, Merchant

META, GOOGLE = range(len(AD_PLATFORMS))
ALWAYS = 1.0
_NEVER = -1.0


@dataclass(frozen=True, slots=True)
class AdAccount:
    """One account. Its days are days of ``time_zone``, its money is in ``currency``."""

    platform: str
    account_id: int
    name: str
    currency: str
    time_zone: str
    rates: dict[str, float]  # what the platform takes a unit of a shop's currency for


AD_ACCOUNTS: tuple[AdAccount, ...] = (
    AdAccount(
        "meta", 284_739_105_612_345, "Market Hall Social", "EUR", "Europe/Berlin",
        {"EUR": 1.0, "GBP": 1.17, "USD": 0.92},
    ),
    AdAccount(
        "google", 4_815_162_342, "Market Hall Search", "USD", "America/Los_Angeles",
        {"EUR": 1.09, "GBP": 1.27, "USD": 1.0},
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Plan:
    """A campaign as every shop has it."""

    platform: int
    name: str
    kind: str  # prospecting, retargeting, brand_search, search, shopping, performance_max
    status: str  # active, paused, archived, removed
    groups: int  # 0: figures by campaign only, as Performance Max has them
    ads: int  # of each group
    share: float  # weight among the platform's campaigns that run on the day
    click_cost: int  # minor units of the account's currency
    conversion: float  # orders for each click
    click_rate: float  # clicks for each impression
    first: float = 0.0  # life, in parts of the world's days
    last: float = ALWAYS  # ALWAYS: goes on
    keywords: tuple[str, ...] = ()


PLANS: tuple[Plan, ...] = (
    Plan(META, "Prospecting", "prospecting", "active", 3, 2, 0.45, 62, 0.012, 0.011),
    Plan(META, "Retargeting", "retargeting", "active", 2, 2, 0.40, 48, 0.045, 0.017),
    Plan(META, "Summer launch", "prospecting", "archived", 1, 2, 0.30, 71, 0.010, 0.012, 0.25, 0.45),
    Plan(META, "Cart reminders", "retargeting", "paused", 1, 1, 0.15, 44, 0.040, 0.019, 0.50, 0.80),
    Plan(META, "First steps", "prospecting", "removed", 1, 1, 0.20, 80, 0.008, 0.009, 0.0, 0.15),
    Plan(META, "Creative tests", "prospecting", "paused", 1, 1, 0.0, 60, 0.010, 0.010, _NEVER, _NEVER),
    Plan(GOOGLE, "Brand", "brand_search", "active", 2, 2, 0.35, 28, 0.090, 0.12,
         keywords=("{shop}", "{shop} shop")),
    Plan(GOOGLE, "Shopping", "shopping", "active", 2, 1, 0.30, 41, 0.028, 0.010),
    Plan(GOOGLE, "Performance Max", "performance_max", "active", 0, 0, 0.30, 55, 0.030, 0.008),
    Plan(GOOGLE, "Generic", "search", "paused", 1, 2, 0.15, 118, 0.012, 0.035, 0.30, 0.70,
         keywords=("gifts online", "home and outdoor")),
    Plan(GOOGLE, "Old shopping", "shopping", "removed", 1, 1, 0.15, 52, 0.018, 0.009, 0.0, 0.20),
    Plan(GOOGLE, "Query tests", "search", "paused", 1, 1, 0.0, 90, 0.010, 0.030, _NEVER, _NEVER,
         keywords=("test query",)),
)  # fmt: skip
_GROUP_NAMES = ("Broad", "Lookalike", "Interests")
_AD_NAMES = ("Video", "Carousel")
_FIRST_IDS = {
    META: (120_210_000_000_000_000, 120_220_000_000_000_000, 120_230_000_000_000_000, 0),
    GOOGLE: (20_100_000_000, 150_100_000_000, 700_100_000_000, 300_100_000_000),
}


@dataclass(frozen=True, slots=True)
class AdUnit:
    """The smallest thing that has figures of its own: an ad, or a campaign without ads."""

    plan: Plan
    shop: int  # index among the world's shops
    campaign_id: int
    ad_group_id: int | None
    ad_id: int | None
    weight: float  # among the platform's units of the shop
    first: int  # instants between which it runs; first is last for what never ran
    last: int
    group: int
    number: int

    @property
    def key(self) -> int:
        """Unique among all units."""
        return self.ad_id or self.campaign_id


def campaign_name(merchant: Merchant, plan: Plan) -> str:
    """As the platform shows it."""
    return f"{merchant.name} {plan.name}"


def group_name(group: int) -> str:
    """Of the ``group``-th ad group of a campaign."""
    return _GROUP_NAMES[group]


def ad_name(group: int, number: int) -> str:
    """Of the ``number``-th ad of a group."""
    return f"{_AD_NAMES[number]} {group_name(group)}"


def ids(merchant: Merchant, plan: Plan, group: int = 0, number: int = 0) -> tuple[int, int, int, int]:
    """Ids of the campaign, the ad group, and the ad and the keyword of that number in it."""
    campaign = (list(MERCHANTS).index(merchant.shop_id) + 1) * 10_000 + (PLANS.index(plan) + 1) * 100
    places = (campaign, campaign + group * 10, campaign + group * 10 + number, campaign + group * 10 + number)
    first = _FIRST_IDS[plan.platform]
    return tuple(base + place for base, place in zip(first, places, strict=True))  # type: ignore[return-value]


def utm_campaign(merchant: Merchant, plan: Plan) -> str:
    """What the shop finds in ``utm_campaign``: Meta's links carry the campaign's name, Google's its id."""
    return campaign_name(merchant, plan) if plan.platform == META else str(ids(merchant, plan)[0])


def keyword_texts(merchant: Merchant, plan: Plan) -> tuple[str, ...]:
    """The keywords of each ad group of the campaign."""
    return tuple(text.format(shop=merchant.name.lower()) for text in plan.keywords)


def units_of(shops: tuple[Merchant, ...], start: int, end: int) -> list[AdUnit]:
    """All units of a world that was made for the days between two instants."""
    units = []
    for index, merchant in enumerate(shops):
        for plan in PLANS:
            first, last = life(plan, start, end)
            for group in range(max(plan.groups, 1)):
                for number in range(max(plan.ads, 1)):
                    campaign_id, group_id, ad_id, _ = ids(merchant, plan, group, number)
                    ends = retired_at(plan, group, number, start, end) or last
                    whole = plan.groups > 0
                    units.append(
                        AdUnit(
                            plan, index, campaign_id, group_id if whole else None, ad_id if whole else None,
                            plan.share / (max(plan.groups, 1) * max(plan.ads, 1)), first, min(ends, last), group, number,
                        )
                    )  # fmt: skip
    return units


def life(plan: Plan, start: int, end: int) -> tuple[int, int]:
    """The instants between which a campaign runs; it goes on for ever where the plan says so."""
    if plan.first == _NEVER:
        return start, start
    span = end - start
    last = end + 36_500 * DAY if plan.last == ALWAYS else start + int(span * plan.last) // DAY * DAY
    return start + int(span * plan.first) // DAY * DAY, last


def retired_at(plan: Plan, group: int, number: int, start: int, end: int) -> int | None:
    """When a single ad of a running campaign was paused: the last of a prospecting campaign, after 70 % of the days."""
    if plan.name == "Prospecting" and group == plan.groups - 1 and number == plan.ads - 1:
        return start + int((end - start) * 0.7) // DAY * DAY
    return None
