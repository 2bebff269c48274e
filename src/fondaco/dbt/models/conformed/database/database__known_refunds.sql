{#- Refunds that count: neither deleted nor failed, of an order that is known. A shop that keeps none tells them by its
    payments. -#}
with orders as (
    select * from {{ ref('database__known_orders') }}
),

refunds as (
    {{ database_rows('refunds', 'refund_id') }}
),

payments as (
    {{ database_rows('payments', 'payment_id') }}
),

keepers as (
    select distinct
        tenant_id,
        connection_id
    from {{ ref('stg_database__refunds') }}
),

united as (
    select
        tenant_id,
        connection_id,
        refund_id,
        refund_id as record,
        order_id,
        coalesce(refunded_at, created_at, updated_at, synced_at) as refunded_at,
        amount,
        shipping,
        shipping_tax,
        tax,
        reason,
        newest_synced_at as synced_at
    from refunds
    where not is_deleted and coalesce(status, 'success') = 'success'
    union all
    select
        payments.tenant_id,
        payments.connection_id,
        cast(null as {{ contract_type('text') }}) as refund_id,
        'payment:' || payments.payment_id as record,
        payments.order_id,
        coalesce(payments.processed_at, payments.created_at, payments.updated_at, payments.synced_at) as refunded_at,
        abs(payments.amount) as amount,
        cast(null as {{ contract_type('money') }}) as shipping,
        cast(null as {{ contract_type('money') }}) as shipping_tax,
        cast(null as {{ contract_type('money') }}) as tax,
        cast(null as {{ contract_type('text') }}) as reason,
        payments.newest_synced_at as synced_at
    from payments
    left join keepers
        on payments.tenant_id = keepers.tenant_id
        and payments.connection_id = keepers.connection_id
    where
        keepers.tenant_id is null
        and not payments.is_deleted
        and coalesce(payments.status, 'success') = 'success'
        and coalesce(payments.kind, case when payments.amount < 0 then 'refund' else 'sale' end) = 'refund'
),

final as (
    select
        united.tenant_id,
        united.connection_id,
        united.refund_id,
        united.record,
        united.order_id,
        united.refunded_at,
        united.amount,
        united.shipping,
        united.shipping_tax,
        united.tax,
        united.reason,
        orders.currency,
        greatest(united.synced_at, orders.synced_at) as synced_at
    from united
    inner join orders
        on united.tenant_id = orders.tenant_id
        and united.connection_id = orders.connection_id
        and united.order_id = orders.order_id
)

select * from final
