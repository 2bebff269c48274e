"""After how many days the customers of a campaign have paid back what was spent to win them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from fondaco.warehouse.engine import Reader, Value

CampaignRole = Literal["ads", "messages"]

_SPENT: Mapping[CampaignRole, tuple[str, str, str]] = {
    "ads": ("campaigns_daily", "campaign_date", "ad_spend"),
    "messages": ("messages_daily", "message_date", "message_cost"),
}
"""Where it stands what was spent: the mart, its day, its amount."""

_SQL = """
with acquired as (
    select came.campaign_id, first_orders.person_id, first_orders.order_date as acquired_date
    from marts.order_campaigns as came
    inner join marts.order_profit as first_orders
        on came.order_id = first_orders.order_id and came.tenant_id = first_orders.tenant_id
    where came.tenant_id = $tenant_id and came.campaign_id is not null and ($campaign_id = '' or came.campaign_id = $campaign_id)
        and first_orders.order_date between $first and $last and first_orders.order_sequence = 1 and first_orders.person_id is not null
),
by_age as (
    select acquired.campaign_id, orders.order_date - acquired.acquired_date as age, sum(orders.contribution_margin_2) as margin,
        count(case when orders.order_sequence = 1 then 1 end) as customers
    from acquired
    inner join marts.order_profit as orders
        on acquired.person_id = orders.person_id and acquired.acquired_date <= orders.order_date and orders.tenant_id = $tenant_id
    group by acquired.campaign_id, orders.order_date - acquired.acquired_date
),
running as (
    select campaign_id, age, sum(margin) over (partition by campaign_id order by age) as so_far,
        sum(margin) over (partition by campaign_id) as margin, sum(customers) over (partition by campaign_id) as customers
    from by_age
),
spent as (
    select campaign_id, sum({amount}) as spend
    from marts.{mart}
    where tenant_id = $tenant_id and {day} between $first and $last and campaign_id is not null
        and ($campaign_id = '' or campaign_id = $campaign_id)
    group by campaign_id
)
select spent.campaign_id, spent.spend, coalesce(max(running.margin), 0) as margin, cast(coalesce(max(running.customers), 0) as bigint) as customers,
    cast(min(case when running.so_far >= spent.spend then running.age end) as bigint) as days
from spent left join running on spent.campaign_id = running.campaign_id
where spent.spend > 0
group by spent.campaign_id, spent.spend
"""


@dataclass(frozen=True, slots=True)
class Payback:
    """What was spent on a campaign in a period, and what the customers whom it won then have brought since.

    Attributes
    ----------
    spend
        In the reporting currency.
    customers
        People whose first order of all, placed in the period, came by the campaign.
    margin
        Contribution margin 2 of all their orders up to now, whatever brought those after the first.
    days
        The smallest number of days d for which what each of them brought within d days of the first order adds up to the spend; 0 if the
        first orders did. None while they have not paid it back. Later customers may not have had d days yet, so that it can only shrink.
    """

    spend: Decimal
    customers: int
    margin: Decimal
    days: int | None

    @property
    def share(self) -> Decimal:
        """Which part of the spend has come back."""
        return self.margin / self.spend


def paybacks(
    reader: Reader,
    tenant_id: str,
    first: date,
    last: date,
    campaign_id: str = "",
    *,
    role: CampaignRole = "ads",
) -> Mapping[str, Payback]:
    """Of every campaign on which something was spent in the period, or of one, by its id; with ``role`` messages of those by which
    people were written to, and what their messages cost."""
    mart, day, amount = _SPENT[role]
    params: dict[str, Value] = {
        "tenant_id": tenant_id,
        "first": first,
        "last": last,
        "campaign_id": campaign_id,
    }
    rows = reader.query(_SQL.format(mart=mart, day=day, amount=amount), params).to_pylist()
    return {
        row["campaign_id"]: Payback(
            Decimal(row["spend"]), int(row["customers"]), Decimal(row["margin"]), row["days"]
        )
        for row in rows
    }
