with order_discounts as (
    select * from {{ ref('order_discounts') }}
    where code is not null
),

orders as (
    select * from {{ ref('orders') }}
),

final as (
    select
        order_discounts.tenant_id,
        order_discounts.order_date,
        order_discounts.connection_id,
        order_discounts.source,
        order_discounts.code,
        orders.currency,
        cast(count(*) as bigint) as orders,
        cast(count(case when orders.is_first_order then 1 end) as bigint) as new_customer_orders,
        {{ total('order_discounts.amount') }} as discounts,
        {{ total('orders.net_sales') }} as net_sales
    from order_discounts
    inner join orders
        on order_discounts.order_id = orders.order_id
        and order_discounts.tenant_id = orders.tenant_id
    group by
        order_discounts.tenant_id, order_discounts.order_date, order_discounts.connection_id,
        order_discounts.source, order_discounts.code, orders.currency
)

select * from final
