with source as (
    select * from {{ source('mailchimp', 'report_hours') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        campaign_id,
        -- numerics
        emails_sent,
        unique_opens,
        recipient_clicks,
        -- timestamps
        hour_at,
        _synced_at as synced_at
    from source
)

select * from renamed
