with source as (
    select * from {{ source('mailchimp', 'recipients') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        recipient_id,
        campaign_id,
        list_id,
        member_id,
        -- strings
        status,
        split_group,
        -- numerics
        utc_offset,
        -- timestamps
        _synced_at as synced_at
    from source
)

select * from renamed
