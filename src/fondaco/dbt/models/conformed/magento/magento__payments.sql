{#- Transactions have no amounts: what came in is told by paid invoices, what went back by credit memos, what a
    card was asked to hold by the order. Gift cards, store credit and reward points paid when the order was
    placed. -#}
with orders as (
    select * from {{ ref('stg_magento__orders') }}
),

invoices as (
    select * from {{ ref('stg_magento__invoices') }}
    where coalesce(state, 2) = 2 and grand_total <> 0
),

credit_memos as (
    select * from {{ ref('magento__known_credit_memos') }}
    where grand_total <> 0
),

transactions as (
    select * from {{ ref('stg_magento__transactions') }}
    where type in ('authorization', 'void')
),

authorized as (
    select
        tenant_id,
        connection_id,
        order_id,
        min(transaction_id) as transaction_id
    from transactions
    where type = 'authorization'
    group by tenant_id, connection_id, order_id
),

asked as (
    select
        transactions.tenant_id,
        transactions.connection_id,
        transactions.order_id,
        'transaction:' || transactions.transaction_id as payment,
        case when transactions.type = 'void' then 'transaction:' || authorized.transaction_id end as parent_payment,
        transactions.type as kind,
        orders.payment_method as gateway,
        transactions.created_at as processed_at,
        coalesce(orders.amount_authorized, orders.grand_total) as amount,
        transactions.synced_at
    from transactions
    inner join orders
        on transactions.tenant_id = orders.tenant_id
        and transactions.connection_id = orders.connection_id
        and transactions.order_id = orders.order_id
    left join authorized
        on transactions.tenant_id = authorized.tenant_id
        and transactions.connection_id = authorized.connection_id
        and transactions.order_id = authorized.order_id
),

paid as (
    select
        invoices.tenant_id,
        invoices.connection_id,
        invoices.order_id,
        'invoice:' || invoices.invoice_id as payment,
        'transaction:' || authorized.transaction_id as parent_payment,
        case when authorized.transaction_id is null then 'sale' else 'capture' end as kind,
        orders.payment_method as gateway,
        invoices.created_at as processed_at,
        invoices.grand_total as amount,
        invoices.synced_at
    from invoices
    inner join orders
        on invoices.tenant_id = orders.tenant_id
        and invoices.connection_id = orders.connection_id
        and invoices.order_id = orders.order_id
    left join authorized
        on invoices.tenant_id = authorized.tenant_id
        and invoices.connection_id = authorized.connection_id
        and invoices.order_id = authorized.order_id
),

given_back as (
    select
        credit_memos.tenant_id,
        credit_memos.connection_id,
        credit_memos.order_id,
        'credit_memo:' || credit_memos.credit_memo_id as payment,
        'invoice:' || invoices.invoice_id as parent_payment,
        'refund' as kind,
        orders.payment_method as gateway,
        credit_memos.created_at as processed_at,
        credit_memos.grand_total as amount,
        credit_memos.synced_at
    from credit_memos
    inner join orders
        on credit_memos.tenant_id = orders.tenant_id
        and credit_memos.connection_id = orders.connection_id
        and credit_memos.order_id = orders.order_id
    left join invoices
        on credit_memos.tenant_id = invoices.tenant_id
        and credit_memos.connection_id = invoices.connection_id
        and credit_memos.invoice_id = invoices.invoice_id
),

otherwise as (
    select
        tenant_id,
        connection_id,
        order_id,
        'gift_card' as gateway,
        gift_cards_amount as amount,
        created_at,
        synced_at
    from orders
    where gift_cards_amount <> 0
    union all
    select
        tenant_id,
        connection_id,
        order_id,
        'store_credit' as gateway,
        customer_balance_amount as amount,
        created_at,
        synced_at
    from orders
    where customer_balance_amount <> 0
    union all
    select
        tenant_id,
        connection_id,
        order_id,
        'reward_points' as gateway,
        reward_currency_amount as amount,
        created_at,
        synced_at
    from orders
    where reward_currency_amount <> 0
),

united as (
    select * from asked
    union all
    select * from paid
    union all
    select * from given_back
    union all
    select
        tenant_id,
        connection_id,
        order_id,
        gateway || ':' || order_id as payment,
        cast(null as {{ contract_type('text') }}) as parent_payment,
        'sale' as kind,
        gateway,
        created_at as processed_at,
        amount,
        synced_at
    from otherwise
),

final as (
    select
        united.tenant_id,
        united.connection_id,
        'magento' as source,
        {{ record_id('united.payment', 'united.connection_id') }} as payment_id,
        {{ record_id('united.order_id', 'united.connection_id') }} as order_id,
        {{ record_id('united.parent_payment', 'united.connection_id') }} as parent_payment_id,
        united.kind,
        'success' as status,
        nullif(united.gateway, '') as gateway,
        united.processed_at,
        united.amount,
        cast(null as {{ contract_type('money') }}) as fee,
        orders.base_currency as currency,
        false as is_test,
        greatest(united.synced_at, orders.synced_at) as synced_at
    from united
    inner join orders
        on united.tenant_id = orders.tenant_id
        and united.connection_id = orders.connection_id
        and united.order_id = orders.order_id
)

select {{ conform('payments') }} from final
