with source as (
    select * from {{ source('woocommerce', 'refund_shipping_lines') }}
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
        -- strings
        method_title,
        -- numerics
        total,
        total_tax,
        -- timestamps
        _synced_at as synced_at
    from source
)

select * from renamed
