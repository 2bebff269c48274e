with transactions as (
    select * from {{ ref('stg_ebay__transactions') }}
    where coalesce(status, '') <> 'FAILED'
),

-- The fee in the balance's currency; unknown where eBay tells it in another, and no rate.
told as (
    select
        *,
        case
            when transaction_type not in ('SALE', 'REFUND') or fee is null then 0
            when coalesce(fee_currency, currency) = currency then fee
            else round(cast(fee as {{ contract_type('money') }}) * exchange_rate, 2)
        end as own_fee
    from transactions
),

signed as (
    select
        *,
        case when booking_entry = 'DEBIT' then -amount else amount end as net,
        case when transaction_type = 'REFUND' then -own_fee else own_fee end as kept
    from told
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
        case
            when transaction_type = 'SALE' then 'payment'
            when transaction_type = 'REFUND' then 'refund'
            when {{ ebay_is_dispute() }} then 'chargeback'
            when transaction_type = 'SHIPPING_LABEL' then 'shipping'
            when transaction_type = 'LOAN_REPAYMENT' then 'loan'
            else 'adjustment'
        end as kind,
        coalesce(memo, lower(replace(coalesce(fee_type, transaction_type), '_', ' '))) as name,
        happened_at,
        net + coalesce(kept, 0) as amount,
        kept as fee,
        net,
        currency,
        synced_at
    from signed
)

select {{ conform('payout_entries') }} from final
