{#- What comes back over the counter is in stock again: ProHandel's own level rises with it. -#}
with lines as (
    select * from {{ ref('prohandel__lines') }}
),

final as (
    select
        tenant_id,
        connection_id,
        'prohandel' as source,
        order_line_id as sales_event_id,
        order_id,
        case when not is_return then order_line_id end as order_line_id,
        product_id,
        variant_id,
        case when is_return then 'return' else 'order' end as event_type,
        'product' as line_type,
        sold_at as event_at,
        quantity,
        case when is_return then -quantity else 0 end as units_restocked,
        currency,
        case when is_return then 0 else gross_sales end as gross_sales,
        case when is_return then 0 else discounts end as discounts,
        case when is_return then -net else 0 end as returns,
        0 as shipping,
        taxes,
        0 as duties,
        0 as tips,
        0 as gift_card_sales,
        0 as additional_fees,
        synced_at
    from lines
)

select {{ conform('sales_events') }} from final
