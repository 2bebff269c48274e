-- Across: ledger, orders, days and products tell the same sums, per shop.
with ledger as (
    select tenant_id, connection_id, sum(net_sales) as net_sales, sum(total_sales) as total_sales, sum(net_units) as net_units
    from {{ ref('sales_ledger') }}
    group by tenant_id, connection_id
),

orders as (
    select
        tenant_id,
        connection_id,
        count(order_sequence) as orders,
        sum(net_sales) as net_sales,
        sum(total_sales) as total_sales,
        sum(net_units) as net_units
    from {{ ref('orders') }}
    group by tenant_id, connection_id
),

days as (
    select
        tenant_id,
        connection_id,
        sum(orders) as orders,
        sum(net_sales) as net_sales,
        sum(total_sales) as total_sales,
        sum(net_units) as net_units
    from {{ ref('sales_daily') }}
    where clock = 'finance'
    group by tenant_id, connection_id
),

products as (
    select tenant_id, connection_id, sum(net_sales) as net_sales, sum(net_units) as net_units
    from {{ ref('product_sales_daily') }}
    group by tenant_id, connection_id
)

select
    days.tenant_id,
    days.connection_id
from days
left join orders on days.connection_id = orders.connection_id and days.tenant_id = orders.tenant_id
left join ledger on days.connection_id = ledger.connection_id and days.tenant_id = ledger.tenant_id
left join products on days.connection_id = products.connection_id and days.tenant_id = products.tenant_id
where
    days.orders <> coalesce(orders.orders, 0)
    or days.net_sales <> coalesce(orders.net_sales, 0)
    or days.net_sales <> coalesce(ledger.net_sales, 0)
    or days.net_sales <> coalesce(products.net_sales, 0)
    or days.total_sales <> coalesce(orders.total_sales, 0)
    or days.total_sales <> coalesce(ledger.total_sales, 0)
    or days.net_units <> coalesce(orders.net_units, 0)
    or days.net_units <> coalesce(ledger.net_units, 0)
    or days.net_units <> coalesce(products.net_units, 0)
