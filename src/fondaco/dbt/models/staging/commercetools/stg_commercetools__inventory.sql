with source as (
    select * from {{ source('commercetools', 'inventory') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        inventory_id,
        channel_id,
        -- strings
        key,
        sku,
        channel_key,
        -- numerics
        on_stock,
        available,
        -- timestamps
        created_at,
        modified_at,
        expected_delivery_at,
        _synced_at as synced_at
    from source
)

select * from renamed
