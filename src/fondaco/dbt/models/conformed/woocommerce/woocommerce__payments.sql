{#- WooCommerce keeps no list of payments: an order was paid in one, at date_paid, and each refund is one. -#}
with orders as (
    select * from {{ ref('stg_woocommerce__orders') }}
),

refunds as (
    select * from {{ ref('woocommerce__known_refunds') }}
    where not is_deleted
),

paid as (
    select
        tenant_id,
        connection_id,
        order_id || ':paid' as payment,
        order_id,
        cast(null as {{ contract_type('text') }}) as parent_payment,
        'sale' as kind,
        nullif(payment_method, '') as gateway,
        paid_at as processed_at,
        total as amount,
        payment_fee as fee,
        currency,
        synced_at
    from orders
    where paid_at is not null
),

given_back as (
    select
        refunds.tenant_id,
        refunds.connection_id,
        refunds.refund_id || ':refund' as payment,
        refunds.order_id,
        case when orders.paid_at is not null then refunds.order_id || ':paid' end as parent_payment,
        'refund' as kind,
        nullif(orders.payment_method, '') as gateway,
        refunds.created_at as processed_at,
        refunds.amount,
        cast(null as {{ contract_type('money') }}) as fee,
        orders.currency,
        greatest(refunds.synced_at, orders.synced_at) as synced_at
    from refunds
    inner join orders
        on refunds.tenant_id = orders.tenant_id
        and refunds.connection_id = orders.connection_id
        and refunds.order_id = orders.order_id
),

united as (
    select * from paid
    union all
    select * from given_back
),

final as (
    select
        tenant_id,
        connection_id,
        'woocommerce' as source,
        {{ record_id('payment') }} as payment_id,
        {{ record_id('order_id') }} as order_id,
        {{ record_id('parent_payment') }} as parent_payment_id,
        kind,
        'success' as status,
        gateway,
        processed_at,
        amount,
        fee,
        currency,
        false as is_test,
        synced_at
    from united
)

select {{ conform('payments') }} from final
