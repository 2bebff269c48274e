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

movements as (
    select * from {{ ref('stg_shopify__balance_transactions') }}
    where not coalesce(is_test, false)
),

-- The balance knows orders that cannot be read: deleted ones, and older ones than may be seen.
known_orders as (
    select distinct
        tenant_id,
        connection_id,
        order_id
    from {{ ref('stg_shopify__orders') }}
),

-- The same fee as the balance has it, for payments that do not tell theirs. What a dispute costs is told with the dispute.
settled as (
    select
        tenant_id,
        connection_id,
        transaction_id,
        currency,
        sum(fee) as fee,
        max(synced_at) as synced_at
    from movements
    where transaction_id is not null and type in ('CHARGE', 'REFUND')
    group by tenant_id, connection_id, transaction_id, currency
),

ordered as (
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
        coalesce(fees.amount, settled.fee) as fee,
        transactions.currency,
        transactions.is_test,
        -- An order is built again once its fee is known, and not each time that the balance is read.
        case
            when fees.amount is null and settled.fee is not null
                then greatest(transactions.synced_at, settled.synced_at)
            else transactions.synced_at
        end as synced_at
    from transactions
    left join fees
        on transactions.tenant_id = fees.tenant_id
        and transactions.connection_id = fees.connection_id
        and transactions.transaction_id = fees.transaction_id
        and transactions.currency = fees.currency
    left join settled
        on transactions.tenant_id = settled.tenant_id
        and transactions.connection_id = settled.connection_id
        and transactions.transaction_id = settled.transaction_id
        and transactions.currency = settled.currency
),

-- What a bank took back, and gave back where the shop won: below nought then. A fee that is a movement of its own moves no
-- customer's money.
chargebacks as (
    select
        movements.tenant_id,
        movements.connection_id,
        'shopify' as source,
        {{ record_id("'balance-' || movements.balance_transaction_id", 'movements.connection_id') }} as payment_id,
        {{ record_id('movements.order_id', 'movements.connection_id') }} as order_id,
        {{ record_id('movements.transaction_id', 'movements.connection_id') }} as parent_payment_id,
        'chargeback' as kind,
        'success' as status,
        'shopify_payments' as gateway,
        movements.transaction_date as processed_at,
        case when movements.type like 'CHARGEBACK_FEE%' then 0 else -movements.amount end as amount,
        case when movements.type like 'CHARGEBACK_FEE%' then -movements.net else movements.fee end as fee,
        movements.currency,
        false as is_test,
        movements.synced_at
    from movements
    inner join known_orders
        on movements.tenant_id = known_orders.tenant_id
        and movements.connection_id = known_orders.connection_id
        and movements.order_id = known_orders.order_id
    where {{ shopify_movement('movements.type') }} = 'chargeback'
),

final as (
    select * from ordered
    union all
    select * from chargebacks
)

select {{ conform('payments') }} from final
