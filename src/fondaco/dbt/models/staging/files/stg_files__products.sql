with source as (
    select * from {{ source('files', 'products') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        product_id,
        import_id,
        -- strings
        title,
        vendor,
        product_type,
        status,
        -- numerics
        row_number,
        -- timestamps
        _synced_at as synced_at
    from source
)

select * from renamed
