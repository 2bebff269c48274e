with source as (
    select * from {{ source('mailchimp', 'automation_emails') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        email_id,
        automation_id,
        -- strings
        status,
        title,
        subject_line,
        utm_campaign,
        -- numerics
        position,
        emails_sent,
        -- timestamps
        created_at,
        started_at,
        sent_at,
        _synced_at as synced_at
    from source
)

select * from renamed
