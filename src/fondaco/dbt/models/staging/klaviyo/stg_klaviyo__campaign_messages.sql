with source as (
    select * from {{ source('klaviyo', 'campaign_messages') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        message_id,
        campaign_id,
        -- strings
        channel,
        label,
        subject,
        -- timestamps
        created_at,
        updated_at,
        _synced_at as synced_at
    from source
)

select * from renamed
