with customers as (
    select tenant_id, sum(orders) as orders, sum(net_sales) as net_sales
    from {{ ref('customers') }}
    group by tenant_id
),

orders as (
    select tenant_id, count(order_sequence) as orders, sum(net_sales) as net_sales,
        count(distinct case when order_sequence is not null then person_id end) as persons,
        count(case when is_first_order then 1 end) as first_orders
    from {{ ref('orders') }}
    group by tenant_id
)

select orders.tenant_id
from orders
left join customers on orders.tenant_id = customers.tenant_id
where
    orders.orders <> coalesce(customers.orders, 0)
    or orders.net_sales <> coalesce(customers.net_sales, 0)
    or orders.persons <> orders.first_orders
