with source as (
    select * from {{ source('klaviyo', 'campaigns') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        campaign_id,
        -- strings
        channel,
        name,
        status,
        -- booleans
        is_archived,
        -- json
        audiences,
        -- timestamps
        scheduled_at,
        sent_at,
        created_at,
        updated_at,
        _synced_at as synced_at
    from source
)

select * from renamed
