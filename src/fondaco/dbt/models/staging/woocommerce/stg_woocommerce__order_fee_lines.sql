with source as (
    select * from {{ source('woocommerce', 'order_fee_lines') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        cast(order_id as {{ contract_type('text') }}) as order_id,
        cast(fee_line_id as {{ contract_type('text') }}) as fee_line_id,
        -- strings
        name,
        tax_class,
        tax_status,
        -- numerics
        total,
        total_tax,
        -- timestamps
        _synced_at as synced_at
    from source
)

select * from renamed
