with source as (
    select * from {{ source('magento', 'invoices') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        cast(invoice_id as {{ contract_type('text') }}) as invoice_id,
        cast(order_id as {{ contract_type('text') }}) as order_id,
        increment_id,
        transaction_id,
        -- strings
        base_currency,
        -- numerics
        state,
        subtotal,
        discount_amount,
        tax_amount,
        shipping_amount,
        grand_total,
        customer_balance_amount,
        gift_cards_amount,
        -- timestamps
        created_at,
        updated_at,
        _synced_at as synced_at
    from source
)

select * from renamed
