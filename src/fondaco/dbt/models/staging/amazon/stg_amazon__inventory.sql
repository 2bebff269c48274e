with source as (
    select * from {{ source('amazon', 'inventory') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        marketplace_id,
        -- strings
        sku,
        asin,
        fn_sku,
        condition,
        title,
        -- numerics
        total,
        fulfillable,
        inbound_working,
        inbound_shipped,
        inbound_receiving,
        reserved,
        unfulfillable,
        -- timestamps
        updated_at,
        _synced_at as synced_at
    from source
)

select * from renamed
