with source as (
    select * from {{ source('mailchimp', 'email_activity') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        activity_id,
        campaign_id,
        list_id,
        member_id,
        -- strings
        action,
        bounce_type,
        url,
        -- timestamps
        happened_at,
        _synced_at as synced_at
    from source
)

select * from renamed
