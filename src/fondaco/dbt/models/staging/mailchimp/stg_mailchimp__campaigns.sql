with source as (
    select * from {{ source('mailchimp', 'campaigns') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        campaign_id,
        web_id,
        parent_campaign_id,
        folder_id,
        list_id,
        segment_id,
        -- strings
        type,
        status,
        title,
        subject_line,
        preview_text,
        from_name,
        utm_campaign,
        list_name,
        -- numerics
        recipient_count,
        emails_sent,
        -- booleans
        is_timewarp,
        -- timestamps
        created_at,
        sent_at,
        _synced_at as synced_at
    from source
)

select * from renamed
