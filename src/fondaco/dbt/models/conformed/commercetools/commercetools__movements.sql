{#- Transactions of payments, each at the one order that it belongs to: where several orders name a payment, its money must
    not be counted for each, so it is the first one's. A payment that no order names is none of a sale. -#}
with transactions as (
    select * from {{ ref('stg_commercetools__transactions') }}
),

payments as (
    select * from {{ ref('stg_commercetools__payments') }}
),

payment_orders as (
    select
        tenant_id,
        connection_id,
        payment_id,
        min(order_id) as order_id
    from {{ ref('stg_commercetools__order_payments') }}
    group by tenant_id, connection_id, payment_id
),

deletions as (
    select * from {{ ref('stg_commercetools__tombstones') }}
    where stream = 'payments'
),

final as (
    select
        transactions.tenant_id,
        transactions.connection_id,
        transactions.payment_id,
        transactions.transaction_id,
        payment_orders.order_id,
        transactions.type,
        transactions.state,
        transactions.currency,
        transactions.amount_cents,
        transactions.fraction_digits,
        payments.refunds_without_return,
        coalesce(payments.gateway, payments.method) as gateway,
        coalesce(transactions.happened_at, payments.modified_at) as happened_at,
        deletions.record_id is not null as is_deleted,
        greatest(
            transactions.synced_at,
            payments.synced_at,
            coalesce(deletions.synced_at, payments.synced_at)
        ) as synced_at
    from transactions
    inner join payments
        on transactions.tenant_id = payments.tenant_id
        and transactions.connection_id = payments.connection_id
        and transactions.payment_id = payments.payment_id
    inner join payment_orders
        on transactions.tenant_id = payment_orders.tenant_id
        and transactions.connection_id = payment_orders.connection_id
        and transactions.payment_id = payment_orders.payment_id
    left join deletions
        on payments.tenant_id = deletions.tenant_id
        and payments.connection_id = deletions.connection_id
        and payments.payment_id = deletions.record_id
        and payments.synced_at <= deletions.synced_at
)

select * from final
