-- Which orders of its day bear each amount of marketing: those that its campaign brought, else those of its platform, else
-- those of the shop that it was spent for, or all. Where there are none, it stays with its day.
with spent as (
    select * from {{ ref('core_cost_days') }}
    where kind = 'marketing'
),

there as (
    select distinct
        tenant_id,
        cost_date,
        pool
    from {{ ref('core_marketing_bearers') }}
),

final as (
    select
        spent.tenant_id,
        spent.entry_id,
        spent.cost_date,
        spent.amount,
        coalesce(by_campaign.pool, by_platform.pool, by_shop.pool) as pool
    from spent
    left join there as by_campaign
        on 'campaign/' || spent.campaign_id = by_campaign.pool
        and spent.cost_date = by_campaign.cost_date
        and spent.tenant_id = by_campaign.tenant_id
    left join there as by_platform
        on 'platform/' || spent.platform = by_platform.pool
        and spent.cost_date = by_platform.cost_date
        and spent.tenant_id = by_platform.tenant_id
    left join there as by_shop
        on coalesce('shop/' || spent.connection_id, 'all') = by_shop.pool
        and spent.cost_date = by_shop.cost_date
        and spent.tenant_id = by_shop.tenant_id
)

select * from final
