with source as (
    select * from {{ source('commercetools', 'discount_code_discounts') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        discount_code_id,
        cart_discount_id,
        -- numerics
        position,
        -- timestamps
        _synced_at as synced_at
    from source
)

select * from renamed
