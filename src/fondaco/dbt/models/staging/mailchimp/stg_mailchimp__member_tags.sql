with source as (
    select * from {{ source('mailchimp', 'member_tags') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        list_member_id,
        tag_id,
        -- strings
        name,
        -- timestamps
        _synced_at as synced_at
    from source
)

select * from renamed
