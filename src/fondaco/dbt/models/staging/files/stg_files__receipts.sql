with source as (
    select * from {{ source('files', 'receipts') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        receipt,
        line,
        import_id,
        -- strings
        purchase_order,
        supplier,
        location,
        sku,
        currency,
        -- numerics
        quantity,
        unit_cost,
        row_number,
        -- timestamps
        received_on,
        _synced_at as synced_at
    from source
)

select * from renamed
