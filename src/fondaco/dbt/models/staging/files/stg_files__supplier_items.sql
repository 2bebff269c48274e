with source as (
    select * from {{ source('files', 'supplier_items') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        supplier,
        sku,
        import_id,
        -- strings
        supplier_sku,
        currency,
        -- numerics
        unit_cost,
        order_multiple,
        minimum_quantity,
        shelf_life_days,
        row_number,
        -- timestamps
        _synced_at as synced_at
    from source
)

select * from renamed
