with lines as (
    select * from {{ ref('amazon__order_lines') }}
),

line_amounts as (
    select
        *,
        {{ record_id("order_id || '/' || order_item_id") }} as order_line_id
    from {{ ref('amazon__line_amounts') }}
),

orders as (
    select * from {{ ref('amazon__orders') }}
),

tips as (
    select
        tenant_id,
        connection_id,
        order_id,
        sum(amount) as amount
    from {{ ref('stg_amazon__order_amounts') }}
    where order_item_id is null
    group by tenant_id, connection_id, order_id
),

sold as (
    select
        lines.tenant_id,
        lines.connection_id,
        lines.order_line_id,
        lines.order_id,
        lines.product_id,
        lines.variant_id,
        lines.quantity,
        lines.gross_sales,
        lines.discounts,
        lines.taxes,
        lines.currency,
        lines.synced_at,
        orders.ordered_at,
        line_amounts.shipping,
        line_amounts.shipping_tax,
        line_amounts.additional_fees,
        line_amounts.fee_tax
    from lines
    inner join orders
        on lines.order_id = orders.order_id
        and lines.tenant_id = orders.tenant_id
    inner join line_amounts
        on lines.order_line_id = line_amounts.order_line_id
        and lines.tenant_id = line_amounts.tenant_id
),

returned as (
    select
        tenant_id,
        connection_id,
        {{ record_id("transaction_id || '/' || item") }} as return_id,
        {{ record_id('order_id') }} as order_id,
        {{ record_id("order_id || '/' || order_item_id") }} as order_line_id,
        {{ record_id('asin') }} as product_id,
        {{ record_id('sku') }} as variant_id,
        refunded_at,
        units,
        returns,
        shipping,
        taxes,
        shipping_tax,
        currency,
        synced_at
    from {{ ref('amazon__refund_items') }}
),

united as (
    select
        tenant_id,
        connection_id,
        order_line_id as sales_event_id,
        order_id,
        order_line_id,
        product_id,
        variant_id,
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
        0 as duties,
        0 as tips,
        0 as gift_card_sales,
        0 as additional_fees,
        synced_at
    from sold
    union all
    select
        tenant_id,
        connection_id,
        order_line_id || '/shipping' as sales_event_id,
        order_id,
        cast(null as {{ contract_type('text') }}) as order_line_id,
        cast(null as {{ contract_type('text') }}) as product_id,
        cast(null as {{ contract_type('text') }}) as variant_id,
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
        0 as duties,
        0 as tips,
        0 as gift_card_sales,
        0 as additional_fees,
        synced_at
    from sold
    where shipping <> 0 or shipping_tax <> 0
    union all
    select
        tenant_id,
        connection_id,
        order_line_id || '/fee' as sales_event_id,
        order_id,
        cast(null as {{ contract_type('text') }}) as order_line_id,
        cast(null as {{ contract_type('text') }}) as product_id,
        cast(null as {{ contract_type('text') }}) as variant_id,
        'order' as event_type,
        'fee' as line_type,
        ordered_at as event_at,
        0 as quantity,
        0 as units_restocked,
        currency,
        0 as gross_sales,
        0 as discounts,
        0 as returns,
        0 as shipping,
        fee_tax as taxes,
        0 as duties,
        0 as tips,
        0 as gift_card_sales,
        additional_fees,
        synced_at
    from sold
    where additional_fees <> 0 or fee_tax <> 0
    union all
    select
        tenant_id,
        connection_id,
        return_id as sales_event_id,
        order_id,
        order_line_id,
        product_id,
        variant_id,
        'return' as event_type,
        'product' as line_type,
        refunded_at as event_at,
        -units as quantity,
        case when units > 0 then cast(null as {{ contract_type('bigint') }}) else 0 end as units_restocked,
        currency,
        0 as gross_sales,
        0 as discounts,
        returns,
        0 as shipping,
        taxes,
        0 as duties,
        0 as tips,
        0 as gift_card_sales,
        0 as additional_fees,
        synced_at
    from returned
    where order_line_id is not null and (returns <> 0 or taxes <> 0)
    union all
    select
        tenant_id,
        connection_id,
        return_id || '/adjustment' as sales_event_id,
        order_id,
        cast(null as {{ contract_type('text') }}) as order_line_id,
        cast(null as {{ contract_type('text') }}) as product_id,
        cast(null as {{ contract_type('text') }}) as variant_id,
        'return' as event_type,
        'adjustment' as line_type,
        refunded_at as event_at,
        0 as quantity,
        0 as units_restocked,
        currency,
        0 as gross_sales,
        0 as discounts,
        returns,
        0 as shipping,
        taxes,
        0 as duties,
        0 as tips,
        0 as gift_card_sales,
        0 as additional_fees,
        synced_at
    from returned
    where order_line_id is null and (returns <> 0 or taxes <> 0)
    union all
    select
        tenant_id,
        connection_id,
        return_id || '/shipping' as sales_event_id,
        order_id,
        cast(null as {{ contract_type('text') }}) as order_line_id,
        cast(null as {{ contract_type('text') }}) as product_id,
        cast(null as {{ contract_type('text') }}) as variant_id,
        'return' as event_type,
        'shipping' as line_type,
        refunded_at as event_at,
        0 as quantity,
        0 as units_restocked,
        currency,
        0 as gross_sales,
        0 as discounts,
        0 as returns,
        shipping,
        shipping_tax as taxes,
        0 as duties,
        0 as tips,
        0 as gift_card_sales,
        0 as additional_fees,
        synced_at
    from returned
    where shipping <> 0 or shipping_tax <> 0
    union all
    select
        orders.tenant_id,
        orders.connection_id,
        orders.order_id || '/tip' as sales_event_id,
        orders.order_id,
        cast(null as {{ contract_type('text') }}) as order_line_id,
        cast(null as {{ contract_type('text') }}) as product_id,
        cast(null as {{ contract_type('text') }}) as variant_id,
        'order' as event_type,
        'tip' as line_type,
        orders.ordered_at as event_at,
        0 as quantity,
        0 as units_restocked,
        orders.currency,
        0 as gross_sales,
        0 as discounts,
        0 as returns,
        0 as shipping,
        0 as taxes,
        0 as duties,
        tips.amount as tips,
        0 as gift_card_sales,
        0 as additional_fees,
        orders.synced_at
    from orders
    inner join tips
        on orders.source_order_id = tips.order_id
        and orders.connection_id = tips.connection_id
        and orders.tenant_id = tips.tenant_id
),

final as (
    select
        *,
        'amazon' as source
    from united
)

select {{ conform('sales_events') }} from final
