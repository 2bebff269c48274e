{#- An order's discount stands once, under its code or codes. -#}
with orders as (
    select * from {{ ref('database__known_orders') }}
),

amounts as (
    select * from {{ ref('database__order_amounts') }}
),

final as (
    select
        orders.tenant_id,
        orders.connection_id,
        'database' as source,
        {{ record_id('orders.order_id', 'orders.connection_id') }} as order_discount_id,
        {{ record_id('orders.order_id', 'orders.connection_id') }} as order_id,
        upper(nullif(replace(orders.discount_code, ' ', ''), '')) as code,
        nullif(orders.discount_code, '') as title,
        case when nullif(orders.discount_code, '') is not null then 'code' else 'automatic' end as discount_type,
        amounts.discounts + amounts.rest_discounts as amount,
        orders.currency,
        amounts.synced_at
    from orders
    inner join amounts
        on orders.tenant_id = amounts.tenant_id
        and orders.connection_id = amounts.connection_id
        and orders.order_id = amounts.order_id
    where amounts.discounts + amounts.rest_discounts <> 0 or nullif(orders.discount_code, '') is not null
)

select {{ conform('order_discounts') }} from final
