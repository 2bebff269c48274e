with source as (
    select * from {{ source('postscript', 'subscriber_events') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        event_id,
        subscriber_id,
        -- strings
        event,
        -- booleans
        is_opt_out,
        -- timestamps
        happened_at,
        _synced_at as synced_at
    from source
)

select * from renamed
