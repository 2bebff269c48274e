with source as (
    select * from {{ source('woocommerce', 'order_coupon_lines') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        cast(order_id as {{ contract_type('text') }}) as order_id,
        cast(coupon_line_id as {{ contract_type('text') }}) as coupon_line_id,
        -- strings
        code,
        discount_type,
        -- numerics
        discount,
        discount_tax,
        -- timestamps
        _synced_at as synced_at
    from source
)

select * from renamed
