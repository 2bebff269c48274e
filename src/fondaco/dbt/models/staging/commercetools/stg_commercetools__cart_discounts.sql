with source as (
    select * from {{ source('commercetools', 'cart_discounts') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        cart_discount_id,
        -- strings
        key,
        name,
        value_type,
        target_type,
        -- numerics
        permyriad,
        -- booleans
        requires_code,
        is_active,
        -- timestamps
        created_at,
        modified_at,
        starts_at,
        ends_at,
        _synced_at as synced_at
    from source
)

select * from renamed
