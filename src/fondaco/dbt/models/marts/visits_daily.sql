{{ config(tags=['profit']) }}

-- Of how many orders a shop tells a visit that bears a mark of its origin. Shops that tell no visits have noughts.
with orders as (
    select * from {{ ref('orders') }}
),

visits as (
    select * from {{ ref('core_order_visits') }}
),

final as (
    select
        orders.tenant_id,
        orders.order_date,
        orders.connection_id,
        orders.source,
        cast(count(case when visits.order_id is not null then orders.order_sequence end) as bigint) as marked_orders
    from orders
    left join visits
        on orders.order_id = visits.order_id
        and orders.tenant_id = visits.tenant_id
    group by orders.tenant_id, orders.order_date, orders.connection_id, orders.source
)

select * from final
