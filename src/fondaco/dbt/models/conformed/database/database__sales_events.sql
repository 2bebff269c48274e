with lines as (
    select * from {{ ref('database__lines') }}
),

order_amounts as (
    select * from {{ ref('database__order_amounts') }}
),

returned_lines as (
    select * from {{ ref('database__returned_lines') }}
),

refund_amounts as (
    select * from {{ ref('database__refund_amounts') }}
),

with_lines as (
    select
        tenant_id,
        connection_id,
        order_id,
        'line:' || line_id as event,
        line_id,
        product_id,
        variant_id,
        'order' as event_type,
        case when is_gift_card then 'gift_card' else 'product' end as line_type,
        ordered_at as event_at,
        quantity,
        0 as units_restocked,
        currency,
        case when is_gift_card then 0 else gross_sales end as gross_sales,
        case when is_gift_card then 0 else discounts end as discounts,
        0 as returns,
        case when is_gift_card then 0 else taxes end as taxes,
        case when is_gift_card then gross_sales - discounts + taxes else 0 end as gift_card_sales,
        synced_at
    from lines
    union all
    select
        tenant_id,
        connection_id,
        order_id,
        'refund:' || refund_id || ':line:' || refund_line_id as event,
        line_id,
        product_id,
        variant_id,
        'return' as event_type,
        case when is_gift_card then 'gift_card' else 'product' end as line_type,
        refunded_at as event_at,
        -quantity as quantity,
        units_restocked,
        currency,
        0 as gross_sales,
        0 as discounts,
        case when is_gift_card then 0 else returns end as returns,
        case when is_gift_card then 0 else -taxes end as taxes,
        case when is_gift_card then -returns - taxes else 0 end as gift_card_sales,
        synced_at
    from returned_lines
),

without_lines as (
    select
        tenant_id,
        connection_id,
        order_id,
        'shipping:' || order_id as event,
        'order' as event_type,
        'shipping' as line_type,
        ordered_at as event_at,
        currency,
        0 as discounts,
        0 as returns,
        shipping,
        shipping_taxes as taxes,
        0 as additional_fees,
        synced_at
    from order_amounts
    where shipping <> 0 or shipping_taxes <> 0
    union all
    select
        tenant_id,
        connection_id,
        order_id,
        'fees:' || order_id as event,
        'order' as event_type,
        'fee' as line_type,
        ordered_at as event_at,
        currency,
        0 as discounts,
        0 as returns,
        0 as shipping,
        0 as taxes,
        fees as additional_fees,
        synced_at
    from order_amounts
    where fees <> 0
    union all
    select
        tenant_id,
        connection_id,
        order_id,
        'rest:' || order_id as event,
        'order' as event_type,
        'adjustment' as line_type,
        ordered_at as event_at,
        currency,
        rest_discounts as discounts,
        0 as returns,
        0 as shipping,
        rest_taxes as taxes,
        0 as additional_fees,
        synced_at
    from order_amounts
    where rest_discounts <> 0 or rest_taxes <> 0
    union all
    select
        tenant_id,
        connection_id,
        order_id,
        'refund:' || record || ':shipping' as event,
        'return' as event_type,
        'shipping' as line_type,
        refunded_at as event_at,
        currency,
        0 as discounts,
        0 as returns,
        -shipping as shipping,
        -shipping_taxes as taxes,
        0 as additional_fees,
        synced_at
    from refund_amounts
    where shipping <> 0 or shipping_taxes <> 0
    union all
    select
        tenant_id,
        connection_id,
        order_id,
        'refund:' || record || ':rest' as event,
        'return' as event_type,
        'adjustment' as line_type,
        refunded_at as event_at,
        currency,
        0 as discounts,
        rest as returns,
        0 as shipping,
        -rest_taxes as taxes,
        0 as additional_fees,
        synced_at
    from refund_amounts
    where rest <> 0 or rest_taxes <> 0
),

united as (
    select
        tenant_id,
        connection_id,
        order_id,
        event,
        line_id,
        product_id,
        variant_id,
        event_type,
        line_type,
        event_at,
        quantity,
        units_restocked,
        currency,
        gross_sales,
        discounts,
        returns,
        0 as shipping,
        taxes,
        gift_card_sales,
        0 as additional_fees,
        synced_at
    from with_lines
    union all
    select
        tenant_id,
        connection_id,
        order_id,
        event,
        cast(null as {{ contract_type('text') }}) as line_id,
        cast(null as {{ contract_type('text') }}) as product_id,
        cast(null as {{ contract_type('text') }}) as variant_id,
        event_type,
        line_type,
        event_at,
        0 as quantity,
        0 as units_restocked,
        currency,
        0 as gross_sales,
        discounts,
        returns,
        shipping,
        taxes,
        0 as gift_card_sales,
        additional_fees,
        synced_at
    from without_lines
),

final as (
    select
        united.tenant_id,
        united.connection_id,
        'database' as source,
        {{ record_id('event') }} as sales_event_id,
        {{ record_id('order_id') }} as order_id,
        {{ record_id('line_id') }} as order_line_id,
        {{ record_id('product_id') }} as product_id,
        {{ record_id('variant_id') }} as variant_id,
        united.event_type,
        united.line_type,
        united.event_at,
        united.quantity,
        united.units_restocked,
        united.currency,
        united.gross_sales,
        united.discounts,
        united.returns,
        united.shipping,
        united.taxes,
        {{ zeros(['duties', 'tips']) }},
        united.gift_card_sales,
        united.additional_fees,
        united.synced_at
    from united
)

select {{ conform('sales_events') }} from final
