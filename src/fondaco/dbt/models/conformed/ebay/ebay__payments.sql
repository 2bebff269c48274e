-- eBay's fees hold what the payment costs, so that no fee is left for the payment itself.
with payments as (
    select * from {{ ref('stg_ebay__payments') }}
),

refunds as (
    select * from {{ ref('stg_ebay__refunds') }}
),

disputes as (
    select * from {{ ref('stg_ebay__transactions') }}
    where transaction_type = 'DISPUTE' and order_id is not null and coalesce(status, '') <> 'FAILED'
),

united as (
    select
        tenant_id,
        connection_id,
        order_id,
        'payment/' || order_id || '/' || payment_index as payment_id,
        'sale' as kind,
        case when status = 'PAID' then 'success' when status = 'FAILED' then 'failure' else 'pending' end as status,
        paid_at as processed_at,
        amount,
        currency,
        synced_at
    from payments
    union all
    select
        tenant_id,
        connection_id,
        order_id,
        'refund/' || order_id || '/' || refund_index as payment_id,
        'refund' as kind,
        case when status = 'PENDING' then 'pending' when status = 'FAILED' then 'failure' else 'success' end as status,
        refunded_at as processed_at,
        amount,
        currency,
        synced_at
    from refunds
    union all
    -- Money that a buyer's dispute takes, and gives back where the seller won: below nought then.
    select
        tenant_id,
        connection_id,
        order_id,
        'dispute/' || transaction_id as payment_id,
        'chargeback' as kind,
        'success' as status,
        happened_at as processed_at,
        case when booking_entry = 'CREDIT' then -amount else amount end as amount,
        currency,
        synced_at
    from disputes
),

final as (
    select
        tenant_id,
        connection_id,
        'ebay' as source,
        {{ record_id('payment_id') }} as payment_id,
        {{ record_id('order_id') }} as order_id,
        null as parent_payment_id,
        kind,
        status,
        'ebay' as gateway,
        processed_at,
        amount,
        0 as fee,
        currency,
        false as is_test,
        synced_at
    from united
)

select {{ conform('payments') }} from final
