"""By which steps marketing reached one order: its campaign's spend, its platform's that sold nothing, and what all orders share.

The rule stands in docs/profit.md, "How marketing reaches orders"; the warehouse keeps its sum, and this tells the steps apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from fondaco.warehouse.engine import OutdatedError, Reader, Value

Row = Mapping[str, Any]

_ORDERS = """
select origins.order_id, origins.platform, origins.campaign_id,
    cast(floor(1000 * greatest(coalesce(sum(
        case when ledger.event_type = 'order' and ledger.line_type = 'product' then ledger.gross_sales - ledger.discounts else 0 end
    ), 0), 0)) as bigint) as weight
from marts.order_campaigns as origins
inner join marts.orders as orders
    on origins.order_id = orders.order_id and origins.tenant_id = orders.tenant_id
left join marts.sales_ledger as ledger
    on origins.order_id = ledger.order_id and origins.tenant_id = ledger.tenant_id and ledger.order_date = $day
where origins.tenant_id = $tenant_id and orders.order_date = $day and orders.order_sequence is not null
    and origins.platform in (
        select platform from marts.order_campaigns where tenant_id = $tenant_id and order_id = $order_id
    )
group by origins.order_id, origins.platform, origins.campaign_id"""

_SPENT = """
select platform, campaign_id, sum(amount) as amount
from (
    select platform, campaign_id, ad_spend as amount from marts.campaigns_daily
    where tenant_id = $tenant_id and campaign_date = $day
    union all
    select platform, campaign_id, message_cost as amount from marts.messages_daily
    where tenant_id = $tenant_id and message_date = $day
) as spent
where amount <> 0
group by platform, campaign_id"""


@dataclass(frozen=True, slots=True)
class MarketingSteps:
    """What an order bears, in the reporting currency; the three are its marketing.

    Attributes
    ----------
    campaign
        Of what its own campaign cost on its day.
    platform
        Of what its platform's campaigns cost that brought no order on that day.
    shared
        Of all else: platforms without any order, the cost sheet's marketing, shares of partners.
    """

    campaign: Decimal
    platform: Decimal
    shared: Decimal


def marketing_steps(
    reader: Reader, tenant_id: str, order_id: str, day: date, marketing: Decimal
) -> MarketingSteps | None:
    """How an order's marketing is made up; None where it came from nothing known, or what is published cannot tell.

    Parameters
    ----------
    day
        On which the order was placed.
    marketing
        All marketing that it bears.
    """
    params: dict[str, Value] = {"tenant_id": tenant_id, "day": day}
    try:
        orders = reader.query(_ORDERS, {**params, "order_id": order_id}).to_pylist()
        spent = reader.query(_SPENT, params).to_pylist()
    except OutdatedError:
        return None
    own = next((row for row in orders if row["order_id"] == order_id), None)
    if own is None:
        return None
    selling = {row["campaign_id"] for row in orders}
    of_campaign = [row for row in orders if row["campaign_id"] == own["campaign_id"]]
    paid = sum(
        row["amount"] for row in spent if row["campaign_id"] and row["campaign_id"] == own["campaign_id"]
    )
    idle = sum(
        row["amount"]
        for row in spent
        if row["platform"] == own["platform"]
        and (not row["campaign_id"] or row["campaign_id"] not in selling)
    )
    campaign = _part(Decimal(paid), own, of_campaign)
    platform = _part(Decimal(idle), own, orders)
    shared = marketing - campaign - platform
    return MarketingSteps(campaign, platform, shared) if shared > Decimal("-0.01") else None


def _part(amount: Decimal, own: Row, orders: Sequence[Row]) -> Decimal:
    """The order's part of an amount by the value of what was ordered; free orders alone share alike."""
    whole = sum(row["weight"] for row in orders)
    return amount * own["weight"] / whole if whole else amount / len(orders)
