with lines as (
    select * from {{ ref('ebay__line_amounts') }}
),

final as (
    select
        tenant_id,
        connection_id,
        'ebay' as source,
        {{ record_id('line_item_id') }} as order_line_id,
        {{ record_id('order_id') }} as order_id,
        {{ record_id('item_id') }} as product_id,
        {{ record_id('variant') }} as variant_id,
        sku,
        title,
        quantity,
        displayed_cost / nullif(quantity, 0) as unit_price,
        gross_sales,
        discounts,
        taxes,
        currency,
        false as is_gift_card,
        synced_at
    from lines
)

select {{ conform('order_lines') }} from final
