with lines as (
    select * from {{ ref('commercetools__line_amounts') }}
),

final as (
    select
        tenant_id,
        connection_id,
        'commercetools' as source,
        {{ record_id('line_id') }} as order_line_id,
        {{ record_id('order_id') }} as order_id,
        {{ record_id('product_id') }} as product_id,
        {{ record_id("product_id || '/' || cast(variant_number as " ~ contract_type('text') ~ ")") }} as variant_id,
        sku,
        name as title,
        quantity,
        unit_price,
        gross_sales,
        discounts,
        taxes,
        currency,
        false as is_gift_card,
        synced_at
    from lines
)

select {{ conform('order_lines') }} from final
