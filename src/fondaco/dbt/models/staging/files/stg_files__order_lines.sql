with source as (
    select * from {{ source('files', 'order_lines') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        order_id,
        line_id,
        customer_id,
        product_id,
        import_id,
        -- strings
        email,
        sku,
        title,
        currency,
        -- numerics
        quantity,
        units_restocked,
        unit_price,
        gross,
        discount,
        tax,
        row_number,
        -- booleans
        is_return,
        is_gift_card,
        is_cancelled,
        -- timestamps
        ordered_at,
        _synced_at as synced_at
    from source
)

select * from renamed
