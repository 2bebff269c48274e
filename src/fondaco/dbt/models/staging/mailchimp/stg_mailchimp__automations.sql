with source as (
    select * from {{ source('mailchimp', 'automations') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        automation_id,
        list_id,
        -- strings
        title,
        workflow_type,
        status,
        -- numerics
        emails_sent,
        -- timestamps
        created_at,
        started_at,
        _synced_at as synced_at
    from source
)

select * from renamed
