with source as (
    select * from {{ source('klaviyo', 'events') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        event_id,
        metric_id,
        profile_id,
        message_id,
        flow_id,
        -- strings
        metric_name,
        -- timestamps
        happened_at,
        _synced_at as synced_at
    from source
)

select * from renamed
