with source as (
    select * from {{ source('magento', 'source_items') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        -- strings
        source_code,
        sku,
        -- numerics
        quantity,
        status,
        -- timestamps
        _synced_at as synced_at
    from source
)

select * from renamed
