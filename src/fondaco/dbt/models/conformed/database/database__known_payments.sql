{#- Payments of orders that are known, in our words. -#}
with orders as (
    select * from {{ ref('database__known_orders') }}
),

payments as (
    {{ database_rows('payments', 'payment_id') }}
),

final as (
    select
        payments.tenant_id,
        payments.connection_id,
        payments.payment_id,
        payments.order_id as source_order_id,
        payments.parent_id,
        case
            when payments.kind is null then case when payments.amount < 0 then 'refund' else 'sale' end
            when payments.kind in ('authorization', 'capture', 'sale', 'refund', 'void', 'chargeback') then payments.kind
            else 'other'
        end as kind,
        case
            when coalesce(payments.status, 'success') in ('success', 'failure')
                then coalesce(payments.status, 'success')
            else 'pending'
        end as status,
        payments.gateway,
        coalesce(payments.processed_at, payments.created_at, payments.updated_at) as processed_at,
        abs(coalesce(payments.amount, 0)) as amount,
        payments.fee,
        upper(coalesce(nullif(payments.currency, ''), orders.currency)) as currency,
        coalesce(payments.is_test, orders.is_test) as is_test,
        greatest(payments.newest_synced_at, orders.synced_at) as synced_at
    from payments
    inner join orders
        on payments.tenant_id = orders.tenant_id
        and payments.connection_id = orders.connection_id
        and payments.order_id = orders.order_id
    where not payments.is_deleted
)

select * from final
