with source as (
    select * from {{ source('magento', 'credit_memos') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        cast(credit_memo_id as {{ contract_type('text') }}) as credit_memo_id,
        cast(order_id as {{ contract_type('text') }}) as order_id,
        cast(invoice_id as {{ contract_type('text') }}) as invoice_id,
        increment_id,
        transaction_id,
        -- strings
        base_currency,
        -- numerics
        state,
        subtotal,
        discount_amount,
        tax_amount,
        discount_tax_compensation_amount,
        shipping_amount,
        shipping_tax_amount,
        adjustment_positive,
        adjustment_negative,
        grand_total,
        shipping_discount_tax_compensation,
        customer_balance_amount,
        gift_cards_amount,
        wrapping_amount,
        wrapping_tax_amount,
        -- timestamps
        created_at,
        updated_at,
        _synced_at as synced_at
    from source
)

select * from renamed
