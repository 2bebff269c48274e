with source as (
    select * from {{ source('magento', 'sales_rules') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        cast(rule_id as {{ contract_type('text') }}) as rule_id,
        -- strings
        name,
        action,
        free_shipping,
        coupon_type,
        -- numerics
        discount_amount,
        times_used,
        -- booleans
        is_active,
        applies_to_shipping,
        -- timestamps
        starts_at,
        ends_at,
        _synced_at as synced_at
    from source
)

select * from renamed
