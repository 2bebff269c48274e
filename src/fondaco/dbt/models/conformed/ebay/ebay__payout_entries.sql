with transactions as (
    select * from {{ ref('stg_ebay__transactions') }}
    where coalesce(status, '') <> 'FAILED'
),

signed as (
    select
        transactions.*,
        case when transactions.booking_entry = 'DEBIT' then -transactions.amount else transactions.amount end as net,
        case transactions.transaction_type
            when 'SALE' then coalesce(transactions.fee, 0)
            when 'REFUND' then -coalesce(transactions.fee, 0)
            else 0
        end as kept
    from transactions
),

final as (
    select
        tenant_id,
        connection_id,
        'ebay' as source,
        {{ record_id("transaction_id || '/' || transaction_type") }} as payout_entry_id,
        {{ record_id('payout_id') }} as payout_id,
        {{ record_id('order_id') }} as order_id,
        null as payment_id,
        case transaction_type
            when 'SALE' then 'payment'
            when 'REFUND' then 'refund'
            when 'DISPUTE' then 'chargeback'
            when 'SHIPPING_LABEL' then 'shipping'
            when 'LOAN_REPAYMENT' then 'loan'
            else 'adjustment'
        end as kind,
        coalesce(memo, lower(replace(coalesce(fee_type, transaction_type), '_', ' '))) as name,
        happened_at,
        net + kept as amount,
        kept as fee,
        net,
        currency,
        synced_at
    from signed
)

select {{ conform('payout_entries') }} from final
