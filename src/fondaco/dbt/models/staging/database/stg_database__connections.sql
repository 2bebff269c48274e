with source as (
    select * from {{ source('database', 'connections') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        -- strings
        name,
        currency,
        time_zone,
        -- timestamps
        _synced_at as synced_at
    from source
    where source = 'database'
)

select * from renamed
