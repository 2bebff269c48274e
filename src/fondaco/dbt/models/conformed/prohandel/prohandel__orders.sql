{#- A till receipt is an order. One of which everything is goods given back is none: only its returns count. -#}
with lines as (
    select * from {{ ref('prohandel__lines') }}
),

receipts as (
    select
        tenant_id,
        connection_id,
        order_id,
        min(source_order_id) as source_order_id,
        min(receipt_number) as receipt_number,
        min(customer_id) as customer_id,
        min(channel) as channel,
        min(currency) as currency,
        min(sold_at) as sold_at,
        max(coalesce(changed_at, sold_at)) as changed_at,
        min(case when is_return then 1 else 0 end) = 1 as is_all_returned,
        sum(case when is_return then 0 else paid_total end) as total,
        max(synced_at) as synced_at
    from lines
    group by tenant_id, connection_id, order_id
),

final as (
    select
        tenant_id,
        connection_id,
        'prohandel' as source,
        order_id,
        source_order_id,
        coalesce(receipt_number, source_order_id) as order_number,
        customer_id,
        cast(null as {{ contract_type('text') }}) as email,
        cast(null as {{ contract_type('text') }}) as phone,
        sold_at as ordered_at,
        sold_at as created_at,
        changed_at as updated_at,
        cast(null as {{ contract_type('timestamp') }}) as cancelled_at,
        case when is_all_returned then 'returned' else 'completed' end as order_status,
        case when is_all_returned then 'refunded' else 'paid' end as financial_status,
        channel,
        cast(null as {{ contract_type('text') }}) as country,
        cast(null as {{ contract_type('text') }}) as city,
        currency,
        currency as presentment_currency,
        true as prices_include_tax,
        false as is_test,
        false as is_deleted,
        false as is_cancelled,
        true as counts_in_sales,
        cast(null as {{ contract_type('text') }}) as discount_codes,
        total as vendor_total,
        cast(null as {{ contract_type('bigint') }}) as weight_grams,
        synced_at
    from receipts
)

select {{ conform('orders') }} from final
