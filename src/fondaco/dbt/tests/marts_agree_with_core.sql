-- Down: what core counts is what the marts show, per shop and currency, before any conversion.
with core as (
    select
        tenant_id,
        connection_id,
        currency,
        count(*) as events,
        sum(gross_sales) as gross_sales,
        sum(gross_sales - discounts - returns) as net_sales,
        sum(gross_sales - discounts - returns + shipping + taxes + duties + additional_fees) as total_sales
    from {{ ref('core_sales_events') }}
    where is_counted
    group by tenant_id, connection_id, currency
),

ledger as (
    select tenant_id, connection_id, shop_currency, count(*) as events
    from {{ ref('sales_ledger') }}
    group by tenant_id, connection_id, shop_currency
),

orders as (
    select
        tenant_id,
        connection_id,
        sum(shop_gross_sales) as gross_sales,
        sum(shop_net_sales) as net_sales,
        sum(shop_total_sales) as total_sales
    from {{ ref('orders') }}
    group by tenant_id, connection_id
),

shops as (
    select
        tenant_id,
        connection_id,
        sum(gross_sales) as gross_sales,
        sum(net_sales) as net_sales,
        sum(total_sales) as total_sales
    from core
    group by tenant_id, connection_id
),

days as (
    select tenant_id, connection_id, currency, sum(net_sales) as net_sales, sum(total_sales) as total_sales
    from {{ ref('shop_sales_daily') }}
    group by tenant_id, connection_id, currency
)

select core.tenant_id, core.connection_id, 'ledger' as mart
from core
left join ledger
    on core.connection_id = ledger.connection_id
    and core.currency = ledger.shop_currency
    and core.tenant_id = ledger.tenant_id
where core.events <> coalesce(ledger.events, 0)
union all
select core.tenant_id, core.connection_id, 'shop_sales_daily' as mart
from core
left join days
    on core.connection_id = days.connection_id
    and core.currency = days.currency
    and core.tenant_id = days.tenant_id
where core.net_sales <> coalesce(days.net_sales, 0) or core.total_sales <> coalesce(days.total_sales, 0)
union all
select shops.tenant_id, shops.connection_id, 'orders' as mart
from shops
left join orders on shops.connection_id = orders.connection_id and shops.tenant_id = orders.tenant_id
where
    shops.gross_sales <> coalesce(orders.gross_sales, 0)
    or shops.net_sales <> coalesce(orders.net_sales, 0)
    or shops.total_sales <> coalesce(orders.total_sales, 0)
