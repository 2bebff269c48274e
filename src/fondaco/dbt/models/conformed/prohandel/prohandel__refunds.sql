with lines as (
    select * from {{ ref('prohandel__lines') }}
    where is_return
),

given_back as (
    select
        tenant_id,
        connection_id,
        order_id,
        order_id || ':returned' as refund_id,
        min(sold_at) as refunded_at,
        -sum(paid_total) as amount,
        min(currency) as currency,
        max(synced_at) as synced_at
    from lines
    group by tenant_id, connection_id, order_id
    having sum(paid_total) <> 0
),

final as (
    select
        *,
        'prohandel' as source,
        cast(null as {{ contract_type('text') }}) as reason
    from given_back
)

select {{ conform('refunds') }} from final
