with source as (
    select * from {{ source('mailchimp', 'unsubscribes') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        unsubscribe_id,
        campaign_id,
        list_id,
        member_id,
        -- timestamps
        unsubscribed_at,
        _synced_at as synced_at
    from source
)

select * from renamed
