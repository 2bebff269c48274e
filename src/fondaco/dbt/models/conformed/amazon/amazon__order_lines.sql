with items as (
    select * from {{ ref('stg_amazon__order_items') }}
),

line_amounts as (
    select * from {{ ref('amazon__line_amounts') }}
),

orders as (
    select * from {{ ref('amazon__orders') }}
),

final as (
    select
        items.tenant_id,
        items.connection_id,
        'amazon' as source,
        {{ record_id("items.order_id || '/' || items.order_item_id", 'items.connection_id') }} as order_line_id,
        {{ record_id('items.order_id', 'items.connection_id') }} as order_id,
        {{ record_id('items.asin', 'items.connection_id') }} as product_id,
        {{ record_id('items.sku', 'items.connection_id') }} as variant_id,
        items.sku,
        items.title,
        items.quantity,
        items.unit_price,
        line_amounts.gross_sales,
        line_amounts.discounts,
        line_amounts.taxes,
        orders.currency,
        false as is_gift_card,
        items.synced_at
    from items
    inner join line_amounts
        on items.tenant_id = line_amounts.tenant_id
        and items.connection_id = line_amounts.connection_id
        and items.order_id = line_amounts.order_id
        and items.order_item_id = line_amounts.order_item_id
    inner join orders
        on items.tenant_id = orders.tenant_id
        and items.connection_id = orders.connection_id
        and items.order_id = orders.source_order_id
)

select {{ conform('order_lines') }} from final
