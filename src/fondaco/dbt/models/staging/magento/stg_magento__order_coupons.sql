with source as (
    select * from {{ source('magento', 'order_coupons') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        cast(order_id as {{ contract_type('text') }}) as order_id,
        -- strings
        code,
        -- timestamps
        _synced_at as synced_at
    from source
)

select * from renamed
