with source as (
    select * from {{ source('magento', 'credit_memo_items') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        cast(credit_memo_id as {{ contract_type('text') }}) as credit_memo_id,
        cast(credit_memo_item_id as {{ contract_type('text') }}) as credit_memo_item_id,
        cast(order_item_id as {{ contract_type('text') }}) as order_item_id,
        cast(product_id as {{ contract_type('text') }}) as product_id,
        -- strings
        sku,
        -- numerics
        qty,
        row_total,
        discount_amount,
        tax_amount,
        discount_tax_compensation_amount,
        fixed_tax_amount,
        -- timestamps
        _synced_at as synced_at
    from source
)

select * from renamed
