with source as (
    select * from {{ source('klaviyo', 'segments') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        segment_id,
        -- strings
        name,
        -- booleans
        is_active,
        -- timestamps
        created_at,
        updated_at,
        _synced_at as synced_at
    from source
)

select * from renamed
