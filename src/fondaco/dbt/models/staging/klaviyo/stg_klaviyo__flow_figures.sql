with source as (
    select * from {{ source('klaviyo', 'flow_figures') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        message_id,
        flow_id,
        -- strings
        channel,
        message_name,
        currency,
        flow_name,
        -- numerics
        recipients,
        delivered,
        bounced_or_failed,
        opens,
        opens_unique,
        clicks,
        clicks_unique,
        unsubscribe_uniques,
        spam_complaints,
        conversions,
        conversion_value,
        text_message_spend,
        -- dates
        send_date,
        -- timestamps
        _synced_at as synced_at
    from source
)

select * from renamed
