with source as (
    select * from {{ source('commercetools', 'variants') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        product_id,
        -- strings
        sku,
        key,
        -- numerics
        variant_number,
        unit_cost,
        -- timestamps
        _synced_at as synced_at
    from source
)

select * from renamed
