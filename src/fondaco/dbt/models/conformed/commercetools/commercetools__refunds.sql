with refund_moments as (
    select * from {{ ref('commercetools__refund_moments') }}
),

final as (
    select
        tenant_id,
        connection_id,
        'commercetools' as source,
        {{ record_id('refund_id') }} as refund_id,
        {{ record_id('order_id') }} as order_id,
        refunded_at,
        {{ minor_units('amount_cents', 'fraction_digits') }} as amount,
        cast(null as {{ contract_type('text') }}) as reason,
        currency,
        synced_at
    from refund_moments
)

select {{ conform('refunds') }} from final
