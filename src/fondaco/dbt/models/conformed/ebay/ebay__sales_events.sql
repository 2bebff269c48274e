with lines as (
    select * from {{ ref('ebay__line_amounts') }}
),

returned as (
    select
        *,
        {{ included_tax('amount', 'vat_rate') }} as tax
    from {{ ref('ebay__returned_amounts') }}
),

adjusted as (
    select
        *,
        coalesce(vat_rate, 0) as rate
    from {{ ref('stg_ebay__orders') }}
    where adjustment <> 0
),

events as (
    select
        tenant_id,
        connection_id,
        order_id,
        line_item_id || '/sale' as event_id,
        line_item_id,
        item_id,
        variant,
        'order' as event_type,
        'product' as line_type,
        ordered_at as event_at,
        quantity,
        0 as units_restocked,
        currency,
        gross_sales,
        discounts,
        0 as returns,
        0 as shipping,
        taxes,
        0 as additional_fees,
        synced_at
    from lines
    union all
    select
        tenant_id,
        connection_id,
        order_id,
        line_item_id || '/delivery' as event_id,
        null as line_item_id,
        null as item_id,
        null as variant,
        'order' as event_type,
        'shipping' as line_type,
        ordered_at as event_at,
        0 as quantity,
        0 as units_restocked,
        currency,
        0 as gross_sales,
        0 as discounts,
        0 as returns,
        shipping,
        shipping_tax as taxes,
        0 as additional_fees,
        synced_at
    from lines
    where shipping <> 0
    union all
    select
        tenant_id,
        connection_id,
        order_id,
        order_id || '/adjustment' as event_id,
        null as line_item_id,
        null as item_id,
        null as variant,
        'order' as event_type,
        'fee' as line_type,
        created_at as event_at,
        0 as quantity,
        0 as units_restocked,
        currency,
        0 as gross_sales,
        0 as discounts,
        0 as returns,
        0 as shipping,
        {{ included_tax('adjustment', 'rate') }} as taxes,
        adjustment - {{ included_tax('adjustment', 'rate') }} as additional_fees,
        synced_at
    from adjusted
    union all
    select
        tenant_id,
        connection_id,
        order_id,
        event_id,
        line_item_id,
        item_id,
        variant,
        'return' as event_type,
        line_type,
        refunded_at as event_at,
        -quantity as quantity,
        case when quantity = 0 then 0 end as units_restocked,
        currency,
        0 as gross_sales,
        0 as discounts,
        case when line_type = 'shipping' then 0 else amount - tax end as returns,
        case when line_type = 'shipping' then tax - amount else 0 end as shipping,
        -tax as taxes,
        0 as additional_fees,
        synced_at
    from returned
),

final as (
    select
        tenant_id,
        connection_id,
        'ebay' as source,
        {{ record_id('event_id') }} as sales_event_id,
        {{ record_id('order_id') }} as order_id,
        {{ record_id('line_item_id') }} as order_line_id,
        {{ record_id('item_id') }} as product_id,
        {{ record_id('variant') }} as variant_id,
        event_type,
        line_type,
        event_at,
        quantity,
        units_restocked,
        currency,
        gross_sales,
        discounts,
        returns,
        shipping,
        taxes,
        0 as duties,
        0 as tips,
        0 as gift_card_sales,
        additional_fees,
        synced_at
    from events
)

select {{ conform('sales_events') }} from final
