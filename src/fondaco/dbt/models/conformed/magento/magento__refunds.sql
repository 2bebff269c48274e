with credit_memos as (
    select * from {{ ref('magento__known_credit_memos') }}
),

final as (
    select
        tenant_id,
        connection_id,
        'magento' as source,
        {{ record_id('credit_memo_id') }} as refund_id,
        {{ record_id('order_id') }} as order_id,
        created_at as refunded_at,
        total as amount,
        cast(null as {{ contract_type('text') }}) as reason,
        currency,
        synced_at
    from credit_memos
)

select {{ conform('refunds') }} from final
