with source as (
    select * from {{ source('shopify', 'order_adjustments') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        {{ shopify_id('order_adjustment_id') }} as order_adjustment_id,
        {{ shopify_id('refund_id') }} as refund_id,
        {{ shopify_id('order_id') }} as order_id,
        -- strings
        reason,
        -- numerics
        amount,
        tax,
        -- timestamps
        _synced_at as synced_at
    from source
)

select * from renamed
