with transactions as (
    select * from {{ ref('stg_shopify__transactions') }}
),

-- Fees in a currency other than the payment's cannot be set against it and stay out.
fees as (
    select
        transaction_fees.tenant_id,
        transaction_fees.connection_id,
        transaction_fees.transaction_id,
        transaction_fees.currency,
        sum(transaction_fees.amount) as amount
    from {{ ref('stg_shopify__transaction_fees') }} as transaction_fees
    group by
        transaction_fees.tenant_id,
        transaction_fees.connection_id,
        transaction_fees.transaction_id,
        transaction_fees.currency
),

final as (
    select
        transactions.tenant_id,
        transactions.connection_id,
        'shopify' as source,
        {{ record_id('transactions.transaction_id', 'transactions.connection_id') }} as payment_id,
        {{ record_id('transactions.order_id', 'transactions.connection_id') }} as order_id,
        {{ record_id('transactions.parent_id', 'transactions.connection_id') }} as parent_payment_id,
        case transactions.kind
            when 'AUTHORIZATION' then 'authorization'
            when 'EMV_AUTHORIZATION' then 'authorization'
            when 'CAPTURE' then 'capture'
            when 'SALE' then 'sale'
            when 'REFUND' then 'refund'
            when 'VOID' then 'void'
            else 'other'
        end as kind,
        case
            when transactions.status = 'SUCCESS' then 'success'
            when transactions.status in ('FAILURE', 'ERROR') then 'failure'
            else 'pending'
        end as status,
        transactions.gateway,
        coalesce(transactions.processed_at, transactions.created_at) as processed_at,
        transactions.amount,
        fees.amount as fee,
        transactions.currency,
        transactions.is_test,
        transactions.synced_at
    from transactions
    left join fees
        on transactions.tenant_id = fees.tenant_id
        and transactions.connection_id = fees.connection_id
        and transactions.transaction_id = fees.transaction_id
        and transactions.currency = fees.currency
)

select {{ conform('payments') }} from final
