with source as (
    select * from {{ source('files', 'locations') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        location,
        shop,
        channel,
        import_id,
        -- strings
        country,
        -- numerics
        row_number,
        -- timestamps
        _synced_at as synced_at
    from source
)

select * from renamed
