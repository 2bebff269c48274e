with lines as (
    select * from {{ ref('files__lines') }}
),

totals as (
    select * from {{ ref('stg_files__order_totals') }}
),

returned_lines as (
    select
        tenant_id,
        connection_id,
        order_id || ':lines' as refund_id,
        order_id,
        min(ordered_at) as refunded_at,
        -sum(gross_sales - discounts + taxes) as amount,
        min(currency) as currency,
        max(synced_at) as synced_at
    from lines
    where is_return
    group by tenant_id, connection_id, order_id
    having sum(gross_sales - discounts + taxes) <> 0
),

returned_amounts as (
    select
        tenant_id,
        connection_id,
        {{ record_id("order_id || ':returned'") }} as refund_id,
        {{ record_id('order_id') }} as order_id,
        returned_at as refunded_at,
        returned as amount,
        currency,
        synced_at
    from totals
    where returned > 0
),

united as (
    select * from returned_lines
    union all
    select * from returned_amounts
),

final as (
    select
        *,
        'files' as source,
        cast(null as {{ contract_type('text') }}) as reason
    from united
)

select {{ conform('refunds') }} from final
