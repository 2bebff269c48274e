with source as (
    select * from {{ source('commercetools', 'line_discounts') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        order_id,
        line_id,
        cart_discount_id,
        -- strings
        unit_type,
        -- numerics
        quantity,
        price_cents,
        unit_cents,
        unit_precise,
        fraction_digits,
        discount_index,
        -- timestamps
        _synced_at as synced_at
    from source
)

select * from renamed
