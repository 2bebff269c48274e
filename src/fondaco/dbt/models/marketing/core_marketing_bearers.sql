-- Orders that bear a day's marketing, in the pools that it was found for: those of a campaign, of a platform, of shops, all.
with pools as (
    select distinct
        tenant_id,
        cost_date,
        pool,
        pool_campaign_id,
        pool_platform,
        pool_shops
    from {{ ref('core_marketing_pools') }}
    where pool is not null
),

members as (
    select distinct
        tenant_id,
        shops,
        connection_id
    from {{ ref('core_spend_shops') }}
),

origins as (
    select * from {{ ref('core_order_origins') }}
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

-- From where the orders of each pool came.
reached as (
    select
        pools.tenant_id,
        pools.cost_date,
        pools.pool,
        origins.connection_id,
        origins.platform,
        origins.campaign_id
    from pools
    inner join origins
        on pools.cost_date = origins.order_date
        and coalesce(pools.pool_campaign_id, origins.campaign_id) = origins.campaign_id
        and coalesce(pools.pool_platform, origins.platform) = origins.platform
        and pools.tenant_id = origins.tenant_id
    left join members
        on pools.pool_shops = members.shops
        and origins.connection_id = members.connection_id
        and pools.tenant_id = members.tenant_id
    where pools.pool_shops is null or members.connection_id is not null
),

came as (
    select
        orders.tenant_id,
        orders.order_id,
        orders.order_date,
        orders.connection_id,
        orders.value_weight,
        {{ order_origin() }}
    from orders
    inner join settings on orders.tenant_id = settings.tenant_id
    left join campaigns
        on orders.order_id = campaigns.order_id
        and orders.tenant_id = campaigns.tenant_id
),

final as (
    select
        came.tenant_id,
        came.order_date as cost_date,
        reached.pool,
        came.order_id,
        came.value_weight
    from came
    inner join reached
        on came.order_date = reached.cost_date
        and came.connection_id = reached.connection_id
        and came.platform = reached.platform
        and came.campaign_id = reached.campaign_id
        and came.tenant_id = reached.tenant_id
)

select * from final
