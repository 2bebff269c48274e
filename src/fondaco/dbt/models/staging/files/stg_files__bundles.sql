with source as (
    select * from {{ source('files', 'bundles') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        bundle_sku,
        part_sku,
        import_id,
        -- numerics
        quantity,
        row_number,
        -- timestamps
        _synced_at as synced_at
    from source
)

select * from renamed
