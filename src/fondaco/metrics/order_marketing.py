"""By which steps marketing reached one order: its campaign's spend, its platform's that sold nothing, and what it shares with others.

The rule stands in docs/profit.md, "How marketing reaches orders". The warehouse says of each amount who bears it; the sum of an
order's parts it keeps, and this tells the steps apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from fondaco.warehouse.engine import OutdatedError, Reader, Value

Row = Mapping[str, Any]

FEWEST_ORDERS = 10
"""From how many orders of a platform on a day these bear what it spent on campaigns without one: macro `fewest_orders`."""

_ORDERS = """
select origins.order_id, origins.platform, origins.campaign_id, orders.connection_id,
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
group by origins.order_id, origins.platform, origins.campaign_id, orders.connection_id"""

_SPENT = """
select borne_by, platform, campaign_id, shops, sum(amount) as amount
from marts.marketing_spend
where tenant_id = $tenant_id and cost_date = $day and borne_by in ('campaign', 'platform')
group by borne_by, platform, campaign_id, shops"""


@dataclass(frozen=True, slots=True)
class MarketingSteps:
    """What an order bears, in the reporting currency; the three are its marketing.

    Attributes
    ----------
    campaign
        Of what its own campaign cost on its day.
    platform
        Of what its platform's campaigns cost that brought no order on that day, of those whose spend is its shop's.
    shared
        Of all else, which orders of the day share wherever they came from: spend of too few orders, or of shops that tell no
        visits; the cost sheet's marketing; shares of partners.
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
    campaign = platform = Decimal(0)
    for pool in spent:
        bearers = [row for row in orders if _bears(row, pool)]
        if own not in bearers:
            continue
        part = _part(pool["amount"], own, bearers)
        if pool["borne_by"] == "campaign":
            campaign += part
        else:
            platform += part
    shared = marketing - campaign - platform
    return MarketingSteps(campaign, platform, shared) if shared > Decimal("-0.01") else None


def _bears(order: Row, pool: Row) -> bool:
    """Whether an order is among those that bear an amount."""
    if pool["borne_by"] == "campaign":
        return bool(order["campaign_id"] == pool["campaign_id"])
    in_shops = pool["shops"] is None or order["connection_id"] in pool["shops"].split(",")
    return in_shops and order["platform"] == pool["platform"]


def _part(amount: Decimal, own: Row, orders: Sequence[Row]) -> Decimal:
    """The order's part of an amount by the value of what was ordered; free orders alone share alike."""
    whole = sum(row["weight"] for row in orders)
    return amount * own["weight"] / whole if whole else amount / len(orders)
