with source as (
    select * from {{ source('mailchimp', 'lists') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        list_id,
        web_id,
        -- strings
        name,
        -- numerics
        list_rating,
        member_count,
        unsubscribe_count,
        cleaned_count,
        campaign_count,
        -- booleans
        is_double_opt_in,
        -- timestamps
        created_at,
        campaign_last_sent_at,
        last_subscribed_at,
        last_unsubscribed_at,
        _synced_at as synced_at
    from source
)

select * from renamed
