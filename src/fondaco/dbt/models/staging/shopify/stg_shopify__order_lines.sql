with source as (
    select * from {{ source('shopify', 'order_lines') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        {{ shopify_id('line_id') }} as line_id,
        {{ shopify_id('order_id') }} as order_id,
        {{ shopify_id('product_id') }} as product_id,
        {{ shopify_id('variant_id') }} as variant_id,
        -- strings
        sku,
        title,
        variant_title,
        vendor,
        -- numerics
        quantity,
        current_quantity,
        original_unit_price,
        original_total,
        -- booleans
        is_gift_card,
        is_taxable,
        -- timestamps
        _synced_at as synced_at
    from source
)

select * from renamed
