with source as (
    select * from {{ source('files', 'purchase_orders') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        purchase_order,
        line,
        import_id,
        -- strings
        supplier,
        location,
        sku,
        currency,
        status,
        -- numerics
        quantity,
        unit_cost,
        row_number,
        -- timestamps
        ordered_on,
        expected_on,
        _synced_at as synced_at
    from source
)

select * from renamed
