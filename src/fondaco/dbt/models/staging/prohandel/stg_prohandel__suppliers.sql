with source as (
    select * from {{ source('prohandel', 'suppliers') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        supplier_number,
        -- strings
        name,
        currency,
        -- numerics
        lead_time_days,
        minimum_order_value,
        -- timestamps
        changed_at,
        _synced_at as synced_at
    from source
)

select * from renamed
