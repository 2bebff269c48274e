with source as (
    select * from {{ source('database', 'variants') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        variant_id,
        product_id,
        -- strings
        sku,
        barcode,
        title,
        currency,
        -- numerics
        price,
        unit_cost,
        -- timestamps
        created_at,
        updated_at,
        deleted_at,
        _synced_at as synced_at
    from source
)

select * from renamed
