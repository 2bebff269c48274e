with source as (
    select * from {{ source('files', 'suppliers') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        supplier,
        import_id,
        -- strings
        name,
        currency,
        -- numerics
        lead_time_days,
        minimum_order_value,
        row_number,
        -- timestamps
        _synced_at as synced_at
    from source
)

select * from renamed
