with refund_items as (
    select * from {{ ref('amazon__refund_items') }}
),

transactions as (
    select * from {{ ref('stg_amazon__transactions') }}
),

summed as (
    select
        tenant_id,
        connection_id,
        transaction_id,
        min(order_id) as order_id,
        min(refunded_at) as refunded_at,
        sum(returns - shipping - taxes - shipping_tax) as amount,
        min(currency) as currency,
        max(synced_at) as synced_at
    from refund_items
    group by tenant_id, connection_id, transaction_id
),

final as (
    select
        summed.tenant_id,
        summed.connection_id,
        'amazon' as source,
        {{ record_id('summed.transaction_id', 'summed.connection_id') }} as refund_id,
        {{ record_id('summed.order_id', 'summed.connection_id') }} as order_id,
        summed.refunded_at,
        summed.amount,
        transactions.description as reason,
        summed.currency,
        summed.synced_at
    from summed
    inner join transactions
        on summed.tenant_id = transactions.tenant_id
        and summed.connection_id = transactions.connection_id
        and summed.transaction_id = transactions.transaction_id
    where summed.amount <> 0
)

select {{ conform('refunds') }} from final
