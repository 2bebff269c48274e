with source as (
    select * from {{ source('shopify', 'shipping_line_discounts') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        {{ shopify_id('shipping_line_id') }} as shipping_line_id,
        {{ shopify_id('order_id') }} as order_id,
        -- numerics
        allocation_index,
        discount_index,
        amount,
        -- timestamps
        _synced_at as synced_at
    from source
)

select * from renamed
