"""What the job ``price`` keeps its answers in: beside the marts of dbt, and published with them."""

from __future__ import annotations

from fondaco.warehouse.engine import TableSpec

_ARTICLE = (
    ("variant_id", "text"),
    ("product_id", "text"),
    ("sku", "text"),
    ("product_title", "text"),
    ("variant_title", "text"),
)

PRICE_RECOMMENDATIONS = TableSpec(
    "marts",
    "price_recommendations",
    (
        ("tenant_id", "text"),
        *_ARTICLE,
        ("product_type", "text"),
        ("connection_id", "text"),
        ("as_of_date", "date"),
        ("rank", "bigint"),
        ("action", "text"),
        ("currency", "text"),
        ("price", "sum"),
        ("price_basis", "text"),
        ("tax_rate", "double"),
        ("discount_rate", "double"),
        ("unit_cost", "sum"),
        ("cost_basis", "text"),
        ("margin", "double"),
        ("weekly_units", "double"),
        ("elasticity", "double"),
        ("elasticity_low", "double"),
        ("elasticity_high", "double"),
        ("own_weight", "double"),
        ("competitor_price", "sum"),
        ("recommended_price", "sum"),
        ("price_low", "sum"),
        ("price_high", "sum"),
        ("new_margin", "double"),
        ("reaches_goal", "bool"),
        ("new_weekly_units", "double"),
        ("reporting_currency", "text"),
        ("weekly_profit", "sum"),
        ("profit_change", "sum"),
        ("profit_change_low", "sum"),
        ("profit_change_high", "sum"),
        ("chance", "double"),
        ("sentence", "text"),
        ("why_not", "text"),
    ),
    ("tenant_id", "variant_id"),
)
"""Every article that is for sale and sold within two years: what it costs buyers now, and what it should.

action: ``raise``, ``lower``, ``stay``, or ``unknown`` with ``why_not``. rank: 1 for the most profit. Prices are as buyers see them, with the tax that is in
them (``tax_rate``), like ``unit_cost`` in ``currency``, the shop's; price_basis: ``listed`` in the shop, or ``sold`` of late. unit_cost: of the goods, with what
is paid for each piece that is sold; cost_basis: ``known``, ``assumed`` or ``none``. discount_rate: share of the price that buyers were let off of
late. margin: what is left of what a piece brings, after tax and discounts, when ``unit_cost`` is paid, as a share.

elasticity: percent that units move by when the price moves by one percent, with bounds of 90 %; own_weight: the share of it that the product's own sales say, the
rest is its group's. price_low, price_high: allowed prices that leave nearly as much as the recommended one. reaches_goal: whether the goal of the
margin is reached with it. weekly_profit, profit_change with its bounds of 90 %: of a week, in ``reporting_currency``. chance: that profit rises."""

PRICE_PROMOTIONS = TableSpec(
    "marts",
    "price_promotions",
    (
        ("tenant_id", "text"),
        ("product_id", "text"),
        ("product_title", "text"),
        ("events", "bigint"),
        ("weeks", "double"),
        ("usual_units", "double"),
        ("lift", "double"),
        ("lift_low", "double"),
        ("lift_high", "double"),
        ("extra_units", "double"),
        ("dip_units", "double"),
        ("net_units", "double"),
        ("net_units_low", "double"),
        ("net_units_high", "double"),
        ("pulled_forward", "double"),
        ("why_not", "text"),
    ),
    ("tenant_id", "product_id"),
)
"""What price cuts that ended again brought, by product that had any: weeks in which a price stood at least 5 % below its usual one.

events: how often; weeks: how long on average. usual_units: of such a week, as it would have been. lift: units beyond the usual, as a share of it. extra_units, dip_units,
net_units: of one event, beyond the usual, missing in the four weeks after, and what is left. pulled_forward: dip ÷ extra. Bounds of 90 %."""

MARKDOWN_PLANS = TableSpec(
    "marts",
    "markdown_plans",
    (
        ("tenant_id", "text"),
        *_ARTICLE,
        ("week", "bigint"),
        ("week_start", "date"),
        ("currency", "text"),
        ("price", "sum"),
        ("price_now", "sum"),
        ("expected_stock", "double"),
        ("on_hand", "bigint"),
        ("weekly_units", "double"),
        ("elasticity", "double"),
        ("elasticity_basis", "text"),
        ("unit_cost", "sum"),
        ("reporting_currency", "text"),
        ("value", "sum"),
        ("value_as_it_is", "sum"),
        ("reason", "text"),
    ),
    ("tenant_id", "variant_id", "week"),
)
"""How to sell off what lies dead or lasts too long: the price of each week, from 1 on, if each sells what is expected of it.

expected_stock: pieces before that week; on_hand: now; weekly_units: wanted at ``price_now``. value: what the plan is expected to bring in all, after tax and
discounts, and with what is left over; value_as_it_is: the same at today's price throughout. reason: ``dead`` or ``much``. elasticity_basis: ``own``,
or ``group`` where the product's own sales cannot say."""

PRICE_RUNS = TableSpec(
    "marts",
    "price_runs",
    (
        ("tenant_id", "text"),
        ("as_of_date", "date"),
        ("articles", "bigint"),
        ("products", "bigint"),
        ("known_products", "bigint"),
        ("mean_elasticity", "double"),
        ("why_not", "text"),
        ("seconds", "double"),
        ("made_at", "timestamp"),
    ),
    ("tenant_id",),
)
"""The newest look at prices of a merchant, by what was known until when, or why there is none (``why_not``)."""

TABLES = (PRICE_RECOMMENDATIONS, PRICE_PROMOTIONS, MARKDOWN_PLANS, PRICE_RUNS)
