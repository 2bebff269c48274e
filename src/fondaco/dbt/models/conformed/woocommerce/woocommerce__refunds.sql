with refunds as (
    select * from {{ ref('woocommerce__known_refunds') }}
    where not is_deleted
),

orders as (
    select * from {{ ref('stg_woocommerce__orders') }}
),

final as (
    select
        refunds.tenant_id,
        refunds.connection_id,
        'woocommerce' as source,
        {{ record_id('refunds.refund_id', 'refunds.connection_id') }} as refund_id,
        {{ record_id('refunds.order_id', 'refunds.connection_id') }} as order_id,
        refunds.created_at as refunded_at,
        refunds.amount,
        nullif(refunds.reason, '') as reason,
        orders.currency,
        refunds.synced_at
    from refunds
    inner join orders
        on refunds.tenant_id = orders.tenant_id
        and refunds.connection_id = orders.connection_id
        and refunds.order_id = orders.order_id
)

select {{ conform('refunds') }} from final
