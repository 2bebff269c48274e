"""Where money could be saved: each kind with its definition, and SQL that finds its rows and what each would save.

Every row of a kind has a column ``saves``, in the reporting currency; a kind saves what its rows do. Kinds overlap: an order may
be in several, so that they do not add up. Definitions stand in docs/profit.md, "Suggestions". All SQL runs on both engines; its parameters are
the tenant, the days ``first`` to ``last``, and the shop, '' for all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from fondaco.metrics.sight import SEEN_BY_ADS

ColumnKind = Literal[
    "text", "order", "product", "campaign", "platform", "shop", "day", "money", "count", "rate", "ratio"
]

LEAST_PAYMENTS = 20
"""A gateway is the cheapest by so many payments at least."""

LEAST_UNITS = 10
RETURNS_ABOVE = 1.5
"""A product is returned often from so many times the usual share on."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a kind's rows.

    Attributes
    ----------
    is_wide
        Left out where there is little room.
    """

    name: str
    label: str
    kind: ColumnKind
    is_wide: bool = False


@dataclass(frozen=True, slots=True)
class SuggestionKind:
    """Attributes
    ----------
    label, one, many
        What it is called; what one of its rows is, and several.
    text
        What it says and assumes.
    formula
        What a row saves.
    advice
        What to do.
    key
        Columns by which rows of the same saving are ordered.
    sql
        Rows, in no order.
    """

    name: str
    label: str
    one: str
    many: str
    text: str
    formula: str
    advice: str
    columns: tuple[Column, ...]
    key: str
    sql: str


_SHOP = "($shop = '' or {table}.connection_id = $shop)"
_ORDERS = f"""
from marts.order_profit as orders
where orders.tenant_id = $tenant_id and orders.order_date between $first and $last and {_SHOP.format(table="orders")}
    and orders.order_sequence is not null and orders.contribution_margin_2 < 0 and orders.returns = 0"""

_LEDGER = f"""
from marts.profit_ledger as ledger
left join marts.products as products on ledger.product_id = products.product_id and ledger.tenant_id = products.tenant_id
where ledger.tenant_id = $tenant_id and ledger.order_date between $first and $last and {_SHOP.format(table="ledger")}
    and ledger.order_id is not null and ledger.line_type = 'product'
group by ledger.product_id, case when ledger.product_id is null then ledger.line_title end"""

_GOODS = "ledger.product_id, coalesce(max(products.title), max(ledger.line_title), max(ledger.sku)) as title, min(ledger.connection_id) as connection_id"

_COSTS = " + ".join(
    f"ledger.{name}"
    for name in (
        "cost_of_goods", "shipping_costs", "fulfilment_costs", "payment_costs", "chargebacks", "marketplace_fees", "return_costs", "duty_costs",
    )
)  # fmt: skip

_ORDER_COLUMNS = (
    Column("order_number", "Order", "order"),
    Column("order_date", "Placed", "day", is_wide=True),
    Column("connection_id", "Shop", "shop", is_wide=True),
    Column("country", "Country", "text", is_wide=True),
)

LOSING_PRODUCTS = SuggestionKind(
    "products",
    "Products that lose money on every sale",
    "product",
    "products",
    "Products of which the sales do not pay for their goods, parcels, fees and returns, before any marketing. What is saved is what they lost; "
    "it takes for granted that nobody buys something else because of them.",
    "−CM2 of the product, of orders placed in the period",
    "Raise the price, find a cheaper source, ask for the delivery, or sell it no more.",
    (
        Column("title", "Product", "product"),
        Column("connection_id", "Shop", "shop", is_wide=True),
        Column("units", "Units kept", "count", is_wide=True),
        Column("net_sales", "Net sales", "money"),
        Column("contribution_margin_2", "CM2", "money", is_wide=True),
    ),
    "title, product_id",
    f"""
select *, -contribution_margin_2 as saves
from (
    select {_GOODS}, sum(ledger.units_sold - ledger.units_returned) as units, sum(ledger.net_sales) as net_sales,
        sum(ledger.net_sales + ledger.other_income - ({_COSTS})) as contribution_margin_2
    {_LEDGER}
) as goods
where contribution_margin_2 < 0""",
)  # fmt: skip

DELIVERY = SuggestionKind(
    "delivery",
    "Orders that their delivery made lose",
    "order",
    "orders",
    "Orders of which nothing came back and whose CM2 is below nought, but would not be if the customer had paid what the parcel cost.",
    "−CM2 of the order, where shipping costs − shipping charged ≥ −CM2",
    "Ask for delivery below an order value, or raise what it costs to these countries.",
    (
        *_ORDER_COLUMNS,
        Column("net_sales", "Net sales", "money", is_wide=True),
        Column("other_income", "Charged", "money"),
        Column("shipping_costs", "Parcel", "money"),
    ),
    "order_date, order_id",
    f"""
select orders.order_id, orders.order_number, orders.order_date, orders.connection_id, orders.country, orders.net_sales,
    orders.other_income, orders.shipping_costs, -orders.contribution_margin_2 as saves
{_ORDERS}
    and orders.shipping_costs > orders.other_income
    and orders.contribution_margin_2 + orders.shipping_costs - orders.other_income >= 0""",
)  # fmt: skip

DISCOUNTS = SuggestionKind(
    "discounts",
    "Orders that their discount made lose",
    "order",
    "orders",
    "Orders of which nothing came back and whose CM2 is below nought, but would not be at the full price. What is saved is their loss, by a "
    "discount that stops at nought; the code is that of the order's largest discount.",
    "−CM2 of the order, where discounts ≥ −CM2",
    "Give the code a least order value, or keep it off goods of small margin.",
    (
        *_ORDER_COLUMNS,
        Column("code", "Code or name", "text"),
        Column("net_sales", "Net sales", "money", is_wide=True),
        Column("discounts", "Discount", "money"),
    ),
    "order_date, order_id",
    f"""
select lost.*, named.code
from (
    select orders.tenant_id, orders.order_id, orders.order_number, orders.order_date, orders.connection_id, orders.country,
        orders.net_sales, orders.discounts, -orders.contribution_margin_2 as saves
    {_ORDERS}
        and orders.discounts > 0 and orders.contribution_margin_2 + orders.discounts >= 0
) as lost
left join (
    select tenant_id, order_id, coalesce(code, title) as code,
        row_number() over (partition by tenant_id, order_id order by amount desc, order_discount_id) as place
    from marts.order_discounts
    where tenant_id = $tenant_id and order_date between $first and $last
) as named on lost.order_id = named.order_id and lost.tenant_id = named.tenant_id and named.place = 1""",
)  # fmt: skip

GATEWAYS = SuggestionKind(
    "gateways",
    "Gateways dearer than the cheapest",
    "gateway",
    "gateways",
    "What the payments of each gateway would have cost at the share that the shop's cheapest one took of its own: of those with "
    f"{LEAST_PAYMENTS} payments or more, on days on which every fee was told. Fees that the cost sheet's rates make are not compared: they say "
    "what was assumed. It takes for granted that the cheapest would take as much of other orders, and that customers would go along.",
    "payment costs − money received × share that the shop's cheapest gateway took",
    "Put the cheapest first at the checkout, or ask the dear one for a better rate.",
    (
        Column("gateway", "Gateway", "text"),
        Column("connection_id", "Shop", "shop", is_wide=True),
        Column("payments", "Payments", "count", is_wide=True),
        Column("received", "Received", "money", is_wide=True),
        Column("payment_costs", "Cost", "money"),
        Column("rate", "Share", "rate"),
        Column("cheapest", "Cheapest", "text", is_wide=True),
        Column("cheapest_rate", "Its share", "rate", is_wide=True),
    ),
    "gateway, connection_id",
    f"""
with used as (
    select gateways.connection_id, gateways.gateway, cast(sum(gateways.payments) as bigint) as payments, sum(gateways.received) as received,
        sum(gateways.payment_costs) as payment_costs,
        cast(sum(gateways.payment_costs) as double precision) / nullif(cast(sum(gateways.received) as double precision), 0) as rate
    from marts.gateway_costs_daily as gateways
    where gateways.tenant_id = $tenant_id and gateways.processed_date between $first and $last and {_SHOP.format(table="gateways")}
        and gateways.is_provider and gateways.assumed_payment_costs = 0 and gateways.unpriced_payments = 0
    group by gateways.connection_id, gateways.gateway
),
cheapest as (
    select *, row_number() over (partition by connection_id order by rate, gateway) as place
    from used
    where rate > 0 and payments >= $least_payments
)
select used.connection_id, used.gateway, used.payments, used.received, used.payment_costs, used.rate,
    cheapest.gateway as cheapest, cheapest.rate as cheapest_rate,
    used.payment_costs - cast(cast(used.received as double precision) * cheapest.rate as decimal(38, 6)) as saves
from used
inner join cheapest on used.connection_id = cheapest.connection_id and cheapest.place = 1
where used.rate > cheapest.rate""",
)  # fmt: skip

RETURNED = SuggestionKind(
    "returns",
    "Products that come back too often",
    "product",
    "products",
    f"Products of which {LEAST_UNITS} units or more were sold in the period and {RETURNS_ABOVE:g} times the usual share came back. Their returns cost "
    "handling, and the goods that did not come back to the shelf; saved is the part of that above the usual share. The parcel that brought them "
    "is lost besides, and not in.",
    "(return handling + cost of goods not restocked) × (1 − usual share ÷ own share)",
    "Look at its pictures, its sizes and what buyers say; ask its maker about defects.",
    (
        Column("title", "Product", "product"),
        Column("connection_id", "Shop", "shop", is_wide=True),
        Column("sold", "Sold", "count", is_wide=True),
        Column("returned", "Came back", "count", is_wide=True),
        Column("rate", "Share", "rate"),
        Column("usual_rate", "Usual", "rate", is_wide=True),
        Column("cost", "Cost of returns", "money"),
    ),
    "title, product_id",
    f"""
with goods as (
    select {_GOODS}, sum(ledger.units_sold) as sold, sum(ledger.units_returned) as returned,
        sum(
            ledger.return_costs
            + case
                when ledger.units_returned <= 0 then 0
                when ledger.unit_cost is not null then greatest(ledger.units_returned * ledger.unit_cost + ledger.cost_of_goods, 0)
                when ledger.cost_of_goods = 0 then ledger.returns * coalesce(ledger.cost_rate, 0)
                else 0
            end
        ) as cost
    {_LEDGER}
),
usual as (
    select cast(sum(returned) as double precision) / nullif(cast(sum(sold) as double precision), 0) as usual_rate from goods
),
rated as (
    select goods.*, usual.usual_rate, cast(returned as double precision) / nullif(cast(sold as double precision), 0) as rate
    from goods cross join usual
)
select product_id, title, connection_id, cast(sold as bigint) as sold, cast(returned as bigint) as returned, rate, usual_rate, cost,
    cast(cast(cost as double precision) * (1 - usual_rate / rate) as decimal(38, 6)) as saves
from rated
where sold >= $least_units and usual_rate > 0 and rate >= {RETURNS_ABOVE} * usual_rate and cost > 0""",
)  # fmt: skip

CAMPAIGNS = SuggestionKind(
    "campaigns",
    "Campaigns that cost more than they brought",
    "campaign",
    "campaigns",
    "Campaigns of which the orders, placed in the period, left less before marketing than was spent in it. What is saved is that loss; it takes for "
    "granted that whom a campaign brought would not have come without it, and that those who come again do so by themselves. Where a shop "
    "that sold tells no visits, only campaigns are judged that ever brought an order that a visit shows.",
    "ad spend − CM2 of the campaign's orders",
    "Look at what it promises and where it leads; spend less on it, or end it.",
    (
        Column("campaign_name", "Campaign", "campaign"),
        Column("platform", "Platform", "platform", is_wide=True),
        Column("attributed_orders", "Orders", "count", is_wide=True),
        Column("ad_spend", "Spent", "money"),
        Column("attributed_revenue", "Brought", "money", is_wide=True),
        Column("contribution_margin_2", "CM2", "money"),
        Column("poas", "POAS", "ratio", is_wide=True),
    ),
    "campaign_name, campaign_id",
    f"""
with seen as ({SEEN_BY_ADS}
),
told as (
    select count(*) as shops, count(case when marked_orders > 0 then 1 end) as telling
    from (
        select visits.connection_id, sum(visits.marked_orders) as marked_orders
        from marts.visits_daily as visits
        where visits.tenant_id = $tenant_id and visits.order_date between $first and $last
        group by visits.connection_id
    ) as each_shop
),
spent as (
    select campaigns.campaign_id, max(campaigns.platform) as platform, max(campaigns.campaign_name) as campaign_name,
        cast(sum(campaigns.attributed_orders) as bigint) as attributed_orders, sum(campaigns.ad_spend) as ad_spend,
        sum(campaigns.attributed_revenue) as attributed_revenue, sum(campaigns.attributed_contribution_margin_2) as contribution_margin_2
    from marts.campaigns_daily as campaigns
    where campaigns.tenant_id = $tenant_id and campaigns.campaign_date between $first and $last and campaigns.campaign_id is not null
        and $shop = ''
    group by campaigns.campaign_id
)
select spent.*, cast(contribution_margin_2 as double precision) / cast(ad_spend as double precision) as poas,
    ad_spend - contribution_margin_2 as saves
from spent cross join told
where ad_spend > 0 and ad_spend > contribution_margin_2
    and (told.telling = told.shops or (told.telling > 0 and campaign_id in (select seen.campaign_id from seen)))""",
)  # fmt: skip
"""Of all shops together only: a campaign sells for all of them."""

KINDS: Mapping[str, SuggestionKind] = {
    kind.name: kind for kind in (LOSING_PRODUCTS, DELIVERY, DISCOUNTS, GATEWAYS, RETURNED, CAMPAIGNS)
}
"""All kinds by name."""
