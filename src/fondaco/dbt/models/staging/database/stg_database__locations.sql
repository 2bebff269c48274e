with source as (
    select * from {{ source('database', 'locations') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        location_id,
        -- strings
        name,
        country,
        -- timestamps
        _synced_at as synced_at
    from source
)

select * from renamed
