-- Which orders of its day bear each amount of marketing: those that its campaign brought; else, in the shops whose spend it
-- is, those of its platform, where all of these shops tell visits and such orders are not too few; else all orders of these
-- shops. Where there are none, it stands by itself.
with spent as (
    select * from {{ ref('core_cost_days') }}
    where kind = 'marketing'
),

spend_shops as (
    select * from {{ ref('core_spend_shops') }}
),

origins as (
    select * from {{ ref('core_order_origins') }}
),

visits as (
    select * from {{ ref('visits_daily') }}
),

whose as (
    select
        tenant_id,
        entry_id,
        cost_date,
        shops,
        case when count(*) = 1 then min(connection_id) end as connection_id
    from spend_shops
    group by tenant_id, entry_id, cost_date, shops
),

members as (
    select distinct
        tenant_id,
        shops,
        connection_id
    from spend_shops
),

-- Since when each shop tells visits.
telling as (
    select
        tenant_id,
        connection_id,
        min(order_date) as first_date
    from visits
    where marked_orders > 0
    group by tenant_id, connection_id
),

-- Orders of the sets of shops that money was spent for; empty is every shop.
in_shops as (
    select
        tenant_id,
        '' as shops,
        order_date,
        connection_id,
        platform,
        orders
    from origins
    union all
    select
        origins.tenant_id,
        members.shops,
        origins.order_date,
        origins.connection_id,
        origins.platform,
        origins.orders
    from origins
    inner join members
        on origins.connection_id = members.connection_id
        and origins.tenant_id = members.tenant_id
),

of_shops as (
    select
        in_shops.tenant_id,
        in_shops.shops,
        in_shops.order_date,
        max(case when telling.first_date <= in_shops.order_date then 0 else 1 end) = 0 as tells_visits
    from in_shops
    left join telling
        on in_shops.connection_id = telling.connection_id
        and in_shops.tenant_id = telling.tenant_id
    group by in_shops.tenant_id, in_shops.shops, in_shops.order_date
),

of_platforms as (
    select
        tenant_id,
        shops,
        order_date,
        platform
    from in_shops
    where platform <> ''
    group by tenant_id, shops, order_date, platform
    having sum(orders) >= {{ fewest_orders() }}
),

of_campaigns as (
    select distinct
        tenant_id,
        order_date,
        campaign_id
    from origins
    where campaign_id <> ''
),

joined as (
    select
        spent.tenant_id,
        spent.entry_id,
        spent.cost_date,
        spent.amount,
        whose.shops,
        whose.connection_id,
        of_campaigns.campaign_id,
        case when of_shops.tells_visits then of_platforms.platform end as platform,
        case
            when of_campaigns.campaign_id is not null then 'campaign'
            when of_shops.tells_visits and of_platforms.platform is not null then 'platform'
            when of_shops.order_date is not null then 'shops'
        end as borne_by
    from spent
    left join whose
        on spent.entry_id = whose.entry_id
        and spent.cost_date = whose.cost_date
        and spent.tenant_id = whose.tenant_id
    left join of_campaigns
        on spent.campaign_id = of_campaigns.campaign_id
        and spent.cost_date = of_campaigns.order_date
        and spent.tenant_id = of_campaigns.tenant_id
    left join of_platforms
        on spent.platform = of_platforms.platform
        and coalesce(whose.shops, '') = of_platforms.shops
        and spent.cost_date = of_platforms.order_date
        and spent.tenant_id = of_platforms.tenant_id
    left join of_shops
        on coalesce(whose.shops, '') = of_shops.shops
        and spent.cost_date = of_shops.order_date
        and spent.tenant_id = of_shops.tenant_id
),

final as (
    select
        tenant_id,
        entry_id,
        cost_date,
        amount,
        shops,
        connection_id,
        borne_by,
        case
            when borne_by = 'campaign' then 'campaign/' || campaign_id
            when borne_by = 'platform' then 'platform/' || platform || coalesce('/' || shops, '')
            when borne_by = 'shops' then coalesce('shops/' || shops, 'all')
        end as pool,
        case when borne_by = 'campaign' then campaign_id end as pool_campaign_id,
        case when borne_by = 'platform' then platform end as pool_platform,
        case when borne_by <> 'campaign' then shops end as pool_shops
    from joined
)

select * from final
