with source as (
    select * from {{ source('woocommerce', 'order_lines') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        cast(order_id as {{ contract_type('text') }}) as order_id,
        cast(line_id as {{ contract_type('text') }}) as line_id,
        cast(product_id as {{ contract_type('text') }}) as product_id,
        cast(variation_id as {{ contract_type('text') }}) as variation_id,
        -- strings
        name,
        tax_class,
        sku,
        -- numerics
        line_index,
        quantity,
        subtotal,
        subtotal_tax,
        total,
        total_tax,
        price,
        cost,
        reduced_stock,
        restocked,
        -- timestamps
        _synced_at as synced_at
    from source
)

select * from renamed
