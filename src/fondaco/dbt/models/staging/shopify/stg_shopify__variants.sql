with source as (
    select * from {{ source('shopify', 'variants') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        {{ shopify_id('variant_id') }} as variant_id,
        {{ shopify_id('product_id') }} as product_id,
        {{ shopify_id('inventory_item_id') }} as inventory_item_id,
        -- strings
        title,
        sku,
        barcode,
        -- numerics
        price,
        compare_at_price,
        position,
        -- booleans
        is_taxable,
        -- timestamps
        created_at,
        updated_at,
        _synced_at as synced_at
    from source
)

select * from renamed
