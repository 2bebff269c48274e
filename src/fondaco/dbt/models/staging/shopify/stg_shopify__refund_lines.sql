with source as (
    select * from {{ source('shopify', 'refund_lines') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        {{ shopify_id('refund_line_id') }} as refund_line_id,
        {{ shopify_id('refund_id') }} as refund_id,
        {{ shopify_id('order_id') }} as order_id,
        {{ shopify_id('line_id') }} as line_id,
        -- strings
        restock_type,
        -- numerics
        quantity,
        subtotal,
        tax,
        -- booleans
        is_restocked,
        -- timestamps
        _synced_at as synced_at
    from source
)

select * from renamed
