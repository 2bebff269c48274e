"""Of which campaigns it can be seen what they brought: a shop that tells no visits hides what came to it.

One rule for alerts, suggestions and the page Marketing, stated in docs/marketing.md, "What cannot be seen".
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from fondaco.warehouse.engine import Reader, Value

_VISITS = """
select order_date, connection_id, cast(sum(marked_orders) as bigint) as marked
from marts.visits_daily
where tenant_id = $tenant_id and order_date between $first and $last
group by order_date, connection_id"""

SEEN_BY_ADS = """
select campaign_id from marts.campaigns_daily
where tenant_id = $tenant_id and campaign_id is not null and attributed_orders > 0"""
"""Campaigns of ad accounts that ever brought an order that a visit shows."""

_SEEN_CAMPAIGNS = f"""{SEEN_BY_ADS}
union
select campaign_id from marts.messages_daily
where tenant_id = $tenant_id and campaign_id is not null and attributed_orders > 0"""


@dataclass(frozen=True, slots=True)
class Sight:
    """What can be seen of a period.

    Attributes
    ----------
    silent
        Shops that sold, and told no visit of any order.
    is_told
        Whether any shop told a visit.
    campaigns
        Campaigns that ever brought an order that a visit shows.
    """

    silent: tuple[str, ...]
    is_told: bool
    campaigns: frozenset[str]

    @property
    def is_whole(self) -> bool:
        """Whether every shop that sold told visits."""
        return not self.silent

    def sees(self, campaign_id: str) -> bool:
        """Whether what a campaign brought can be seen: everywhere, or where it is known to sell."""
        return self.is_whole or (self.is_told and campaign_id in self.campaigns)


@dataclass(frozen=True, slots=True)
class Visits:
    """On which days which shops sold and told visits; any span of them is a ``Sight``."""

    marked: Mapping[date, Mapping[str, int]]
    campaigns: frozenset[str]

    def sight(self, first: date, last: date) -> Sight:
        """What can be seen of the days from ``first`` to ``last``."""
        told: Counter[str] = Counter()
        for n in range((last - first).days + 1):
            told.update(self.marked.get(first + timedelta(n), {}))
        silent = tuple(sorted(shop for shop, orders in told.items() if not orders))
        return Sight(silent, any(told.values()), self.campaigns)


def read_visits(reader: Reader, tenant_id: str, first: date, last: date) -> Visits:
    """What shops told of the visits behind the orders of these days."""
    marked: dict[date, dict[str, int]] = defaultdict(dict)
    days: dict[str, Value] = {"tenant_id": tenant_id, "first": first, "last": last}
    for row in reader.query(_VISITS, days).to_pylist():
        marked[row["order_date"]][row["connection_id"]] = row["marked"]
    known = reader.query(_SEEN_CAMPAIGNS, {"tenant_id": tenant_id}).column("campaign_id").to_pylist()
    return Visits(marked, frozenset(known))


def silent_in_words(names: Collection[str]) -> str:
    """Which shops hide what came to them, as a part of a sentence: "Cedar Home tells no visits"."""
    listed = sorted(names)
    if len(listed) == 1:
        return f"{listed[0]} tells no visits"
    return f"{', '.join(listed[:-1])} and {listed[-1]} tell no visits"
