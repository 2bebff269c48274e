-- How many orders of each day that may bear marketing came from where: shop, platform and campaign, each empty where it is
-- not known, or where a merchant lets all orders share alike.
with orders as (
    select * from {{ ref('core_order_values') }}
    where bears_marketing
),

campaigns as (
    select * from {{ ref('core_order_campaigns') }}
),

settings as (
    select * from {{ ref('core_profit_settings') }}
),

came as (
    select
        orders.tenant_id,
        orders.order_date,
        orders.connection_id,
        {{ order_origin() }}
    from orders
    inner join settings on orders.tenant_id = settings.tenant_id
    left join campaigns
        on orders.order_id = campaigns.order_id
        and orders.tenant_id = campaigns.tenant_id
),

final as (
    select
        tenant_id,
        order_date,
        connection_id,
        platform,
        campaign_id,
        count(*) as orders
    from came
    group by tenant_id, order_date, connection_id, platform, campaign_id
)

select * from final
