with refunds as (
    select * from {{ ref('database__refund_amounts') }}
),

final as (
    select
        tenant_id,
        connection_id,
        'database' as source,
        {{ record_id('record') }} as refund_id,
        {{ record_id('order_id') }} as order_id,
        refunded_at,
        amount,
        reason,
        currency,
        synced_at
    from refunds
)

select {{ conform('refunds') }} from final
