-- Orders that may bear a day's marketing, in the pools that money was spent for: those of a campaign, of a platform, of a
-- shop, all.
with spent as (
    select * from {{ ref('core_cost_days') }}
    where kind = 'marketing'
),

orders as (
    select * from {{ ref('core_order_values') }}
    where bears_marketing
),

campaigns as (
    select * from {{ ref('core_order_campaigns') }}
),

settings as (
    select * from {{ ref('core_profit_settings') }}
),

wanted as (
    select tenant_id, cost_date, 'campaign/' || campaign_id as pool from spent
    where campaign_id is not null
    union
    select tenant_id, cost_date, 'platform/' || platform as pool from spent
    where platform is not null
    union
    select tenant_id, cost_date, 'shop/' || connection_id as pool from spent
    where connection_id is not null
    union
    select tenant_id, cost_date, 'all' as pool from spent
    where connection_id is null
),

brought as (
    select
        orders.tenant_id,
        orders.order_id,
        orders.order_date,
        orders.value_weight,
        campaigns.platform,
        campaigns.campaign_id
    from orders
    inner join campaigns
        on orders.order_id = campaigns.order_id
        and orders.tenant_id = campaigns.tenant_id
    inner join settings on orders.tenant_id = settings.tenant_id
    where settings.marketing_by = 'click'
),

bearers as (
    select tenant_id, order_id, order_date, value_weight, 'campaign/' || campaign_id as pool from brought
    where campaign_id is not null
    union all
    select tenant_id, order_id, order_date, value_weight, 'platform/' || platform as pool from brought
    union all
    select tenant_id, order_id, order_date, value_weight, 'shop/' || connection_id as pool from orders
    union all
    select tenant_id, order_id, order_date, value_weight, 'all' as pool from orders
),

final as (
    select
        bearers.tenant_id,
        bearers.order_date as cost_date,
        bearers.pool,
        bearers.order_id,
        bearers.value_weight
    from bearers
    inner join wanted
        on bearers.order_date = wanted.cost_date
        and bearers.pool = wanted.pool
        and bearers.tenant_id = wanted.tenant_id
)

select * from final
