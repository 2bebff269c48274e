{#- Magento tells what was taken off each line, not which of several rules took it: an order with one code has
    all of it by that code, one with several has it once, under all of them. -#}
with orders as (
    select * from {{ ref('stg_magento__orders') }}
),

taken_off as (
    select
        tenant_id,
        connection_id,
        order_id,
        sum(discounts) as amount,
        max(synced_at) as synced_at
    from {{ ref('magento__lines') }}
    group by tenant_id, connection_id, order_id
),

codes as (
    select
        tenant_id,
        connection_id,
        order_id,
        string_agg(upper(code), ',' order by upper(code)) as code
    from {{ ref('stg_magento__order_coupons') }}
    group by tenant_id, connection_id, order_id
),

final as (
    select
        orders.tenant_id,
        orders.connection_id,
        'magento' as source,
        {{ record_id('orders.order_id', 'orders.connection_id') }} as order_discount_id,
        {{ record_id('orders.order_id', 'orders.connection_id') }} as order_id,
        codes.code,
        coalesce(nullif(orders.discount_description, ''), codes.code) as title,
        case when codes.code is not null then 'code' else 'automatic' end as discount_type,
        taken_off.amount,
        orders.base_currency as currency,
        greatest(taken_off.synced_at, orders.synced_at) as synced_at
    from orders
    inner join taken_off
        on orders.tenant_id = taken_off.tenant_id
        and orders.connection_id = taken_off.connection_id
        and orders.order_id = taken_off.order_id
    left join codes
        on orders.tenant_id = codes.tenant_id
        and orders.connection_id = codes.connection_id
        and orders.order_id = codes.order_id
    where taken_off.amount <> 0 or codes.code is not null
)

select {{ conform('order_discounts') }} from final
