with source as (
    select * from {{ source('shopify', 'refund_shipping_lines') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        {{ shopify_id('refund_shipping_line_id') }} as refund_shipping_line_id,
        {{ shopify_id('refund_id') }} as refund_id,
        {{ shopify_id('order_id') }} as order_id,
        {{ shopify_id('shipping_line_id') }} as shipping_line_id,
        -- numerics
        subtotal,
        tax,
        -- timestamps
        _synced_at as synced_at
    from source
)

select * from renamed
