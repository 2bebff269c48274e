-- What Shopify bills from the balance beside the fees of payments: labels, advertising, its own bill. Reserves, loans and
-- transfers only move money about; chargebacks and what they cost are payments of their orders.
with movements as (
    select * from {{ ref('stg_shopify__balance_transactions') }}
    where not coalesce(is_test, false)
),

known_orders as (
    select distinct
        tenant_id,
        connection_id,
        order_id
    from {{ ref('stg_shopify__orders') }}
),

-- Of an order that cannot be read, because it was deleted or is too old, it is a fee of the account; so is a chargeback
-- then, which no payment could tell.
named as (
    select
        movements.*,
        known_orders.order_id as known_order_id,
        case
            when {{ shopify_movement('movements.type') }} <> 'chargeback' then {{ shopify_fee_kind('movements.type') }}
            when known_orders.order_id is null then 'payment'
        end as kind
    from movements
    left join known_orders
        on movements.tenant_id = known_orders.tenant_id
        and movements.connection_id = known_orders.connection_id
        and movements.order_id = known_orders.order_id
),

final as (
    select
        tenant_id,
        connection_id,
        'shopify' as source,
        {{ record_id("'balance-' || balance_transaction_id") }} as fee_id,
        {{ record_id('known_order_id') }} as order_id,
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
