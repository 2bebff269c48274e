with source as (
    select * from {{ source('woocommerce', 'coupons') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        cast(coupon_id as {{ contract_type('text') }}) as coupon_id,
        -- strings
        code,
        status,
        discount_type,
        description,
        -- numerics
        amount,
        usage_count,
        usage_limit,
        -- booleans
        is_free_shipping,
        -- timestamps
        created_at,
        modified_at,
        expires_at,
        _synced_at as synced_at
    from source
)

select * from renamed
