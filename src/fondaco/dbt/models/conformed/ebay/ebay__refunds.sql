with refunds as (
    select * from {{ ref('ebay__refund_amounts') }}
),

final as (
    select
        tenant_id,
        connection_id,
        'ebay' as source,
        {{ record_id("order_id || '/' || refund_index") }} as refund_id,
        {{ record_id('order_id') }} as order_id,
        refunded_at,
        amount,
        null as reason,
        currency,
        synced_at
    from refunds
)

select {{ conform('refunds') }} from final
