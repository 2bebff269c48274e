with source as (
    select * from {{ source('postscript', 'subscriber_tags') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        subscriber_id,
        -- strings
        tag,
        -- timestamps
        _synced_at as synced_at
    from source
)

select * from renamed
