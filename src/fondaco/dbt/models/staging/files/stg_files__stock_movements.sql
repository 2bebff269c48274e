with source as (
    select * from {{ source('files', 'stock_movements') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        movement,
        import_id,
        -- strings
        kind,
        location,
        to_location,
        sku,
        note,
        -- numerics
        quantity,
        row_number,
        -- timestamps
        moved_on,
        _synced_at as synced_at
    from source
)

select * from renamed
