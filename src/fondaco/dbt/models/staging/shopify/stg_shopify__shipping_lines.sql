with source as (
    select * from {{ source('shopify', 'shipping_lines') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        {{ shopify_id('shipping_line_id') }} as shipping_line_id,
        {{ shopify_id('order_id') }} as order_id,
        -- strings
        code,
        title,
        source,
        carrier_identifier,
        taxes,
        -- numerics
        original_price,
        discounted_price,
        -- booleans
        is_removed,
        -- timestamps
        _synced_at as synced_at
    from source
)

select * from renamed
