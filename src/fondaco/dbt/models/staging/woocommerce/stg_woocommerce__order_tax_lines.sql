with source as (
    select * from {{ source('woocommerce', 'order_tax_lines') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        cast(order_id as {{ contract_type('text') }}) as order_id,
        cast(tax_line_id as {{ contract_type('text') }}) as tax_line_id,
        cast(rate_id as {{ contract_type('text') }}) as rate_id,
        -- strings
        rate_code,
        label,
        -- numerics
        rate_percent,
        tax_total,
        shipping_tax_total,
        -- booleans
        is_compound,
        -- timestamps
        _synced_at as synced_at
    from source
)

select * from renamed
