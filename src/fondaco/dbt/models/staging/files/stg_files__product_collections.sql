with source as (
    select * from {{ source('files', 'product_collections') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        product_id,
        -- strings
        path,
        title,
        parent,
        -- timestamps
        _synced_at as synced_at
    from source
)

select * from renamed
