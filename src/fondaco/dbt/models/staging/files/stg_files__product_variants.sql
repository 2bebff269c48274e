with source as (
    select * from {{ source('files', 'product_variants') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        product_id,
        variant_id,
        -- strings
        sku,
        barcode,
        title,
        currency,
        -- numerics
        price,
        unit_cost,
        -- timestamps
        _synced_at as synced_at
    from source
)

select * from renamed
