with source as (
    select * from {{ source('shopify', 'tombstones') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        {{ shopify_id('record_id') }} as record_id,
        -- strings
        stream,
        found_by,
        -- timestamps
        deleted_at,
        _synced_at as synced_at
    from source
    where record_id like 'gid://shopify/%'
)

select * from renamed
