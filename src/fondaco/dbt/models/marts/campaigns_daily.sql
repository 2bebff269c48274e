{{ config(tags=['profit']) }}

{%- set money = contract_type('money') %}
-- Spend on the account's day, orders on their own: what a campaign costs and what it brings meet on a day of the calendar.
-- A day with spend and no order is there, and so is one with orders and no spend.
with cost_days as (
    select * from {{ ref('core_cost_days') }}
    where platform is not null
),

spend as (
    select * from {{ ref('core_ad_spend') }}
),

rates as (
    select * from {{ ref('core_exchange_rates_daily') }}
),

order_campaigns as (
    select * from {{ ref('core_order_campaigns') }}
),

ledger as (
    select * from {{ ref('profit_ledger') }}
),

orders as (
    select * from {{ ref('orders') }}
),

campaigns as (
    select * from {{ ref('core_campaigns') }}
),

reporting as (
    select
        tenant_id,
        min(reporting_currency) as currency
    from {{ ref('core_connections') }}
    group by tenant_id
),

-- Spend and claimed value are converted at one rate, so that their quotient is the platform's.
spent as (
    select
        spend.tenant_id,
        spend.source as platform,
        spend.campaign_id,
        spend.spend_date as campaign_date,
        coalesce(cost_days.amount, 0) as spend,
        spend.impressions,
        spend.clicks,
        spend.claimed_conversions,
        {{ converted('spend.claimed_revenue', 'rates.exchange_rate') }} as claimed_revenue
    from spend
    left join cost_days
        on spend.campaign_id = cost_days.campaign_id
        and spend.spend_date = cost_days.cost_date
        and spend.tenant_id = cost_days.tenant_id
    left join rates
        on spend.currency = rates.currency
        and spend.spend_date = rates.rate_date
        and spend.tenant_id = rates.tenant_id
),

earned as (
    select
        ledger.tenant_id,
        ledger.order_id,
        sum(ledger.net_sales) as net_sales,
        sum(
            ledger.net_sales - ledger.cost_of_goods + ledger.other_income - ledger.shipping_costs
            - ledger.fulfilment_costs - ledger.payment_costs - ledger.chargebacks - ledger.marketplace_fees
            - ledger.return_costs - ledger.duty_costs
        ) as contribution_margin_2
    from ledger
    inner join order_campaigns
        on ledger.order_id = order_campaigns.order_id
        and ledger.tenant_id = order_campaigns.tenant_id
    group by ledger.tenant_id, ledger.order_id
),

brought as (
    select
        order_campaigns.tenant_id,
        order_campaigns.platform,
        order_campaigns.campaign_id,
        orders.order_date as campaign_date,
        count(orders.order_sequence) as attributed_orders,
        count(case when orders.customer_type = 'new' then orders.order_sequence end) as attributed_new_customers,
        sum(earned.net_sales) as attributed_revenue,
        sum(earned.contribution_margin_2) as attributed_contribution_margin_2
    from order_campaigns
    inner join orders
        on order_campaigns.order_id = orders.order_id
        and order_campaigns.tenant_id = orders.tenant_id
    inner join earned
        on order_campaigns.order_id = earned.order_id
        and order_campaigns.tenant_id = earned.tenant_id
    group by order_campaigns.tenant_id, order_campaigns.platform, order_campaigns.campaign_id, orders.order_date
),

joined as (
    select
        coalesce(spent.tenant_id, brought.tenant_id) as tenant_id,
        coalesce(spent.platform, brought.platform) as platform,
        coalesce(spent.campaign_id, brought.campaign_id) as campaign_id,
        coalesce(spent.campaign_date, brought.campaign_date) as campaign_date,
        spent.spend,
        spent.impressions,
        spent.clicks,
        spent.claimed_conversions,
        spent.claimed_revenue,
        brought.attributed_orders,
        brought.attributed_new_customers,
        brought.attributed_revenue,
        brought.attributed_contribution_margin_2
    from spent
    full outer join brought
        on spent.campaign_id = brought.campaign_id
        and spent.campaign_date = brought.campaign_date
        and spent.tenant_id = brought.tenant_id
),

final as (
    select
        joined.tenant_id,
        joined.campaign_date,
        joined.platform,
        joined.campaign_id,
        campaigns.name as campaign_name,
        campaigns.connection_id,
        reporting.currency,
        cast(coalesce(joined.spend, 0) as {{ money }}) as ad_spend,
        cast(coalesce(joined.impressions, 0) as bigint) as impressions,
        cast(coalesce(joined.clicks, 0) as bigint) as clicks,
        cast(coalesce(joined.claimed_conversions, 0) as {{ contract_type('rate') }}) as claimed_conversions,
        cast(coalesce(joined.claimed_revenue, 0) as {{ money }}) as claimed_revenue,
        cast(coalesce(joined.attributed_orders, 0) as bigint) as attributed_orders,
        cast(coalesce(joined.attributed_new_customers, 0) as bigint) as attributed_new_customers,
        cast(coalesce(joined.attributed_revenue, 0) as {{ money }}) as attributed_revenue,
        cast(
            coalesce(joined.attributed_contribution_margin_2, 0) as {{ money }}
        ) as attributed_contribution_margin_2
    from joined
    inner join reporting on joined.tenant_id = reporting.tenant_id
    left join campaigns
        on joined.campaign_id = campaigns.campaign_id
        and joined.tenant_id = campaigns.tenant_id
)

select * from final
order by campaign_date, platform, campaign_id
