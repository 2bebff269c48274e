with source as (
    select * from {{ source('woocommerce', 'order_shipping_lines') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        cast(order_id as {{ contract_type('text') }}) as order_id,
        cast(shipping_line_id as {{ contract_type('text') }}) as shipping_line_id,
        method_id,
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
