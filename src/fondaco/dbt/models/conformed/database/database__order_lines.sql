with lines as (
    select * from {{ ref('database__lines') }}
),

final as (
    select
        tenant_id,
        connection_id,
        'database' as source,
        {{ record_id('line_id') }} as order_line_id,
        {{ record_id('order_id') }} as order_id,
        {{ record_id('product_id') }} as product_id,
        {{ record_id('variant_id') }} as variant_id,
        sku,
        title,
        quantity,
        unit_price,
        gross_sales,
        discounts,
        taxes,
        currency,
        is_gift_card,
        synced_at
    from lines
)

select {{ conform('order_lines') }} from final
