{#- What an order's totals hold beyond its lines: cents that WooCommerce rounds on the whole order, and whatever a plugin
    wrote into the totals alone. WooCommerce Analytics counts the totals, so the ledger has to as well. -#}
with orders as (
    select * from {{ ref('stg_woocommerce__orders') }}
),

parts as (
    select
        tenant_id,
        connection_id,
        order_id,
        total as goods,
        0 as shipping,
        coalesce(total_tax, 0) as taxes
    from {{ ref('stg_woocommerce__order_lines') }}
    union all
    select
        tenant_id,
        connection_id,
        order_id,
        total as goods,
        0 as shipping,
        coalesce(total_tax, 0) as taxes
    from {{ ref('stg_woocommerce__order_fee_lines') }}
    union all
    select
        tenant_id,
        connection_id,
        order_id,
        0 as goods,
        total as shipping,
        coalesce(total_tax, 0) as taxes
    from {{ ref('stg_woocommerce__order_shipping_lines') }}
),

summed as (
    select
        tenant_id,
        connection_id,
        order_id,
        sum(goods) as goods,
        sum(shipping) as shipping,
        sum(taxes) as taxes
    from parts
    group by tenant_id, connection_id, order_id
),

rests as (
    select
        orders.tenant_id,
        orders.connection_id,
        orders.order_id,
        orders.currency,
        orders.created_at,
        orders.total - orders.total_tax - orders.shipping_total - coalesce(summed.goods, 0) as goods,
        orders.shipping_total - coalesce(summed.shipping, 0) as shipping,
        orders.total_tax - coalesce(summed.taxes, 0) as taxes,
        orders.synced_at
    from orders
    left join summed
        on orders.tenant_id = summed.tenant_id
        and orders.connection_id = summed.connection_id
        and orders.order_id = summed.order_id
),

final as (
    select *
    from rests
    where goods <> 0 or shipping <> 0 or taxes <> 0
)

select * from final
