with source as (
    select * from {{ source('database', 'order_lines') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        line_id,
        order_id,
        product_id,
        variant_id,
        -- strings
        sku,
        title,
        -- numerics
        quantity,
        unit_price,
        gross,
        discount,
        tax,
        tax_rate,
        -- booleans
        is_gift_card,
        -- timestamps
        created_at,
        updated_at,
        deleted_at,
        _synced_at as synced_at
    from source
)

select * from renamed
