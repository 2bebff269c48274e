with source as (
    select * from {{ source('klaviyo', 'tombstones') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        record_id,
        -- strings
        stream,
        found_by,
        -- timestamps
        deleted_at,
        _synced_at as synced_at
    from source
)

select * from renamed
