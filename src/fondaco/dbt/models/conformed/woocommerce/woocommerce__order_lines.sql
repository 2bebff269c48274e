with order_lines as (
    select * from {{ ref('stg_woocommerce__order_lines') }}
),

orders as (
    select * from {{ ref('stg_woocommerce__orders') }}
),

final as (
    select
        order_lines.tenant_id,
        order_lines.connection_id,
        'woocommerce' as source,
        {{ record_id('order_lines.line_id', 'order_lines.connection_id') }} as order_line_id,
        {{ record_id('order_lines.order_id', 'order_lines.connection_id') }} as order_id,
        {{ record_id("nullif(order_lines.product_id, '0')", 'order_lines.connection_id') }} as product_id,
        -- A product without variations is its own variant.
        {{ record_id(
            "coalesce(nullif(order_lines.variation_id, '0'), nullif(order_lines.product_id, '0'))",
            'order_lines.connection_id'
        ) }} as variant_id,
        nullif(order_lines.sku, '') as sku,
        order_lines.name as title,
        order_lines.quantity,
        (
            order_lines.subtotal
            + case when orders.prices_include_tax then coalesce(order_lines.subtotal_tax, 0) else 0 end
        ) / nullif(order_lines.quantity, 0) as unit_price,
        order_lines.subtotal as gross_sales,
        order_lines.subtotal - order_lines.total as discounts,
        coalesce(order_lines.total_tax, 0) as taxes,
        orders.currency,
        false as is_gift_card,
        order_lines.synced_at
    from order_lines
    inner join orders
        on order_lines.tenant_id = orders.tenant_id
        and order_lines.connection_id = orders.connection_id
        and order_lines.order_id = orders.order_id
)

select {{ conform('order_lines') }} from final
