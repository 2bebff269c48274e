with source as (
    select * from {{ source('mailchimp', 'segments') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        segment_id,
        list_id,
        -- strings
        name,
        type,
        options,
        -- numerics
        member_count,
        -- timestamps
        created_at,
        updated_at,
        _synced_at as synced_at
    from source
)

select * from renamed
