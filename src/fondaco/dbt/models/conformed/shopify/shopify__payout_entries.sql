with movements as (
    select * from {{ ref('stg_shopify__balance_transactions') }}
    where not coalesce(is_test, false)
),

final as (
    select
        tenant_id,
        connection_id,
        'shopify' as source,
        {{ record_id('balance_transaction_id') }} as payout_entry_id,
        {{ record_id('payout_id') }} as payout_id,
        {{ record_id('order_id') }} as order_id,
        {{ record_id('transaction_id') }} as payment_id,
        {{ shopify_movement('type') }} as kind,
        coalesce(adjustment_reason, lower(replace(type, '_', ' '))) as name,
        transaction_date as happened_at,
        amount,
        fee,
        net,
        currency,
        synced_at
    from movements
)

select {{ conform('payout_entries') }} from final
