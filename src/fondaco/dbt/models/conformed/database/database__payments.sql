with payments as (
    select * from {{ ref('database__known_payments') }}
),

final as (
    select
        tenant_id,
        connection_id,
        'database' as source,
        {{ record_id('payment_id') }} as payment_id,
        {{ record_id('source_order_id') }} as order_id,
        {{ record_id('parent_id') }} as parent_payment_id,
        kind,
        status,
        gateway,
        processed_at,
        amount,
        fee,
        currency,
        is_test,
        synced_at
    from payments
)

select {{ conform('payments') }} from final
