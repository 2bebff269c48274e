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

final as (
    select
        transactions.tenant_id,
        transactions.connection_id,
        'commercetools' as source,
        {{ record_id('transactions.transaction_id', 'transactions.connection_id') }} as payment_id,
        {{ record_id('payment_orders.order_id', 'transactions.connection_id') }} as order_id,
        cast(null as {{ contract_type('text') }}) as parent_payment_id,
        case transactions.type
            when 'Authorization' then 'authorization'
            when 'CancelAuthorization' then 'void'
            when 'Charge' then 'capture'
            when 'Refund' then 'refund'
            when 'Chargeback' then 'chargeback'
            else 'other'
        end as kind,
        case transactions.state when 'Success' then 'success' when 'Failure' then 'failure' else 'pending' end
            as status,
        coalesce(payments.gateway, payments.method) as gateway,
        coalesce(transactions.happened_at, payments.modified_at) as processed_at,
        {{ minor_units('transactions.amount_cents', 'transactions.fraction_digits') }} as amount,
        cast(null as {{ contract_type('money') }}) as fee,
        transactions.currency,
        false as is_test,
        greatest(transactions.synced_at, payments.synced_at) as synced_at
    from transactions
    inner join payments
        on transactions.tenant_id = payments.tenant_id
        and transactions.connection_id = payments.connection_id
        and transactions.payment_id = payments.payment_id
    -- A payment that no order names is none of a sale.
    inner join payment_orders
        on transactions.tenant_id = payment_orders.tenant_id
        and transactions.connection_id = payment_orders.connection_id
        and transactions.payment_id = payment_orders.payment_id
)

select {{ conform('payments') }} from final
