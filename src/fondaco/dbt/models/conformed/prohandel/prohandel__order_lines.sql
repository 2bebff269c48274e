with lines as (
    select * from {{ ref('prohandel__lines') }}
    where not is_return
),

final as (
    select
        tenant_id,
        connection_id,
        'prohandel' as source,
        order_line_id,
        order_id,
        product_id,
        variant_id,
        sku,
        title,
        quantity,
        coalesce(label_price, 0) as unit_price,
        gross_sales,
        discounts,
        taxes,
        currency,
        false as is_gift_card,
        synced_at
    from lines
)

select {{ conform('order_lines') }} from final
