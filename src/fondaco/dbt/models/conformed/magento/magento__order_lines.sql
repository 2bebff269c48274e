with lines as (
    select * from {{ ref('magento__lines') }}
),

orders as (
    select * from {{ ref('stg_magento__orders') }}
),

final as (
    select
        lines.tenant_id,
        lines.connection_id,
        'magento' as source,
        {{ record_id('lines.item_id', 'lines.connection_id') }} as order_line_id,
        {{ record_id('lines.order_id', 'lines.connection_id') }} as order_id,
        {{ record_id('lines.product_id', 'lines.connection_id') }} as product_id,
        {{ record_id('lines.variant_id', 'lines.connection_id') }} as variant_id,
        lines.sku,
        lines.name as title,
        lines.quantity,
        -- The catalogue's own price tells whether a visitor sees prices with tax.
        case when lines.original_price = lines.price_incl_tax then lines.price_incl_tax else lines.price end as unit_price,
        lines.gross_sales,
        lines.discounts,
        lines.taxes,
        orders.base_currency as currency,
        lines.is_gift_card,
        greatest(lines.synced_at, orders.synced_at) as synced_at
    from lines
    inner join orders
        on lines.tenant_id = orders.tenant_id
        and lines.connection_id = orders.connection_id
        and lines.order_id = orders.order_id
)

select {{ conform('order_lines') }} from final
