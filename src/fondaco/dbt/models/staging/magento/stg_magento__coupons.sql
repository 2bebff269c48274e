with source as (
    select * from {{ source('magento', 'coupons') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        cast(coupon_id as {{ contract_type('text') }}) as coupon_id,
        cast(rule_id as {{ contract_type('text') }}) as rule_id,
        -- strings
        code,
        -- numerics
        times_used,
        -- timestamps
        expires_at,
        created_at,
        _synced_at as synced_at
    from source
)

select * from renamed
