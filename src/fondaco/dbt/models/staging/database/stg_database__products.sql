with source as (
    select * from {{ source('database', 'products') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        product_id,
        -- strings
        title,
        vendor,
        product_type,
        status,
        -- timestamps
        created_at,
        updated_at,
        deleted_at,
        _synced_at as synced_at
    from source
)

select * from renamed
