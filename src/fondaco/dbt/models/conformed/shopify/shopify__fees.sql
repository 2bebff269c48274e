-- What Shopify bills from the balance beside the fees of payments: labels, advertising, its own bill. Reserves, loans and
-- transfers only move money about; chargebacks and what they cost are payments.
with movements as (
    select * from {{ ref('stg_shopify__balance_transactions') }}
    where not coalesce(is_test, false)
),

named as (
    select
        movements.*,
        {{ shopify_fee_kind('type') }} as kind
    from movements
),

final as (
    select
        tenant_id,
        connection_id,
        'shopify' as source,
        {{ record_id("'balance-' || balance_transaction_id") }} as fee_id,
        {{ record_id('order_id') }} as order_id,
        null as order_line_id,
        null as sku,
        kind,
        coalesce(adjustment_reason, lower(replace(type, '_', ' '))) as name,
        transaction_date as charged_at,
        -net as amount,
        currency,
        payout_id is not null as is_final,
        synced_at
    from named
    where kind is not null and net <> 0
)

select {{ conform('fees') }} from final
