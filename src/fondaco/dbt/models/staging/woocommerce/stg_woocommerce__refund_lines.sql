with source as (
    select * from {{ source('woocommerce', 'refund_lines') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        cast(refund_id as {{ contract_type('text') }}) as refund_id,
        cast(line_id as {{ contract_type('text') }}) as line_id,
        cast(order_id as {{ contract_type('text') }}) as order_id,
        cast(refunded_item_id as {{ contract_type('text') }}) as refunded_item_id,
        cast(product_id as {{ contract_type('text') }}) as product_id,
        cast(variation_id as {{ contract_type('text') }}) as variation_id,
        -- strings
        name,
        sku,
        -- numerics
        quantity,
        subtotal,
        total,
        total_tax,
        -- timestamps
        _synced_at as synced_at
    from source
)

select * from renamed
