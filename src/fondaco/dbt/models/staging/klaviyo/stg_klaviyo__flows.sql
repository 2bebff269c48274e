with source as (
    select * from {{ source('klaviyo', 'flows') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        flow_id,
        -- strings
        name,
        status,
        trigger_type,
        -- booleans
        is_archived,
        -- timestamps
        created_at,
        updated_at,
        _synced_at as synced_at
    from source
)

select * from renamed
