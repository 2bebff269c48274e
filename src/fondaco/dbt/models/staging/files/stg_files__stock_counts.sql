with source as (
    select * from {{ source('files', 'stock_counts') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        location,
        sku,
        import_id,
        -- numerics
        quantity,
        row_number,
        -- timestamps
        counted_on,
        _synced_at as synced_at
    from source
)

select * from renamed
