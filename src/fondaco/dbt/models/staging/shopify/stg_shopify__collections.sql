with source as (
    select * from {{ source('shopify', 'collections') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        {{ shopify_id('collection_id') }} as collection_id,
        -- strings
        title,
        handle,
        -- timestamps
        updated_at,
        _synced_at as synced_at
    from source
)

select * from renamed
