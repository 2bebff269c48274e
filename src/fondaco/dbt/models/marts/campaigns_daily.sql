{{ config(tags=['profit']) }}

{%- set money = contract_type('money') %}
{%- set horizons = [90, 365] %}
-- Spend on the account's day, orders on their own: what a campaign costs and what it brings meet on a day of the calendar.
-- A day with spend and no order is there, and so is one with orders and no spend.
with cost_days as (
    select * from {{ ref('core_cost_days') }}
    where role = 'ads'
),

spend as (
    select * from {{ ref('core_ad_spend') }}
),

rates as (
    select * from {{ ref('core_exchange_rates_daily') }}
),

order_campaigns as (
    select * from {{ ref('core_order_campaigns') }}
    where role = 'ads'
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
        min(reporting_currency) as currency,
        max(today_date) as today_date
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

brought as (
    select
        tenant_id,
        platform,
        campaign_id,
        order_date as campaign_date,
        attributed_orders,
        attributed_new_customers,
        attributed_revenue,
        attributed_contribution_margin_2
    from {{ ref('core_campaign_results') }}
    where role = 'ads'
),

-- Customers belong to what brought their first order, whatever brings them back.
acquired as (
    select
        order_campaigns.tenant_id,
        order_campaigns.platform,
        order_campaigns.campaign_id,
        orders.person_id,
        orders.order_date as campaign_date
    from order_campaigns
    inner join orders
        on order_campaigns.order_id = orders.order_id
        and order_campaigns.tenant_id = orders.tenant_id
    where orders.order_sequence = 1
),

came_to as (
    select
        acquired.tenant_id,
        acquired.platform,
        acquired.campaign_id,
        acquired.campaign_date,
        {%- for days in horizons %}
        sum(
            case when {{ days_between('acquired.campaign_date', 'ledger.order_date') }} < {{ days }}
                then {{ margin_before_marketing('ledger') }}
                else 0
            end
        ) as acquired_margin_{{ days }}{{ ',' if not loop.last }}
        {%- endfor %}
    from acquired
    inner join ledger
        on acquired.person_id = ledger.person_id
        and acquired.campaign_date <= ledger.order_date
        and acquired.tenant_id = ledger.tenant_id
    group by acquired.tenant_id, acquired.platform, acquired.campaign_id, acquired.campaign_date
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
        ) as attributed_contribution_margin_2,
        {%- for days in horizons %}
        {%- set is_past = days_between('joined.campaign_date', 'reporting.today_date') ~ ' >= ' ~ days %}
        cast(
            case when {{ is_past }} then coalesce(joined.spend, 0) else 0 end as {{ money }}
        ) as spend_{{ days }},
        cast(
            case when {{ is_past }} then coalesce(came_to.acquired_margin_{{ days }}, 0) else 0 end as {{ money }}
        ) as acquired_margin_{{ days }}{{ ',' if not loop.last }}
        {%- endfor %}
    from joined
    inner join reporting on joined.tenant_id = reporting.tenant_id
    left join campaigns
        on joined.campaign_id = campaigns.campaign_id
        and joined.tenant_id = campaigns.tenant_id
    left join came_to
        on joined.platform = came_to.platform
        and joined.campaign_date = came_to.campaign_date
        and coalesce(joined.campaign_id, '') = coalesce(came_to.campaign_id, '')
        and joined.tenant_id = came_to.tenant_id
)

select * from final
order by campaign_date, platform, campaign_id
