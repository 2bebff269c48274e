with orders as (
    select * from {{ ref('stg_woocommerce__orders') }}
),

refunds as (
    select * from {{ ref('woocommerce__known_refunds') }}
    where not is_deleted
),

order_parts as (
    select
        tenant_id,
        connection_id,
        order_id,
        'line' as part,
        line_id as part_id,
        line_id,
        product_id,
        variation_id,
        'product' as line_type,
        quantity,
        subtotal as gross_sales,
        subtotal - total as discounts,
        0 as shipping,
        coalesce(total_tax, 0) as taxes,
        synced_at
    from {{ ref('stg_woocommerce__order_lines') }}
    union all
    select
        tenant_id,
        connection_id,
        order_id,
        'shipping' as part,
        shipping_line_id as part_id,
        cast(null as {{ contract_type('text') }}) as line_id,
        cast(null as {{ contract_type('text') }}) as product_id,
        cast(null as {{ contract_type('text') }}) as variation_id,
        'shipping' as line_type,
        0 as quantity,
        0 as gross_sales,
        0 as discounts,
        total as shipping,
        coalesce(total_tax, 0) as taxes,
        synced_at
    from {{ ref('stg_woocommerce__order_shipping_lines') }}
    union all
    -- Fees are part of gross and net sales in WooCommerce Analytics; negative ones are discounts there too.
    select
        tenant_id,
        connection_id,
        order_id,
        'fee' as part,
        fee_line_id as part_id,
        cast(null as {{ contract_type('text') }}) as line_id,
        cast(null as {{ contract_type('text') }}) as product_id,
        cast(null as {{ contract_type('text') }}) as variation_id,
        'fee' as line_type,
        0 as quantity,
        total as gross_sales,
        0 as discounts,
        0 as shipping,
        coalesce(total_tax, 0) as taxes,
        synced_at
    from {{ ref('stg_woocommerce__order_fee_lines') }}
),

refund_parts as (
    select
        refund_lines.tenant_id,
        refund_lines.connection_id,
        refund_lines.refund_id,
        refund_lines.line_id as part_id,
        refund_lines.refunded_item_id as line_id,
        refund_lines.product_id,
        refund_lines.variation_id,
        'product' as line_type,
        refund_lines.quantity,
        case when refund_lines.quantity >= 0 then 0 else restocked_lines.units_restocked end as units_restocked,
        -refund_lines.total as returns,
        0 as shipping,
        coalesce(refund_lines.total_tax, 0) as taxes,
        greatest(refund_lines.synced_at, coalesce(restocked_lines.synced_at, refund_lines.synced_at)) as synced_at
    from {{ ref('stg_woocommerce__refund_lines') }} as refund_lines
    left join {{ ref('woocommerce__restocked_lines') }} as restocked_lines
        on refund_lines.tenant_id = restocked_lines.tenant_id
        and refund_lines.connection_id = restocked_lines.connection_id
        and refund_lines.refund_id = restocked_lines.refund_id
        and refund_lines.line_id = restocked_lines.line_id
    union all
    select
        tenant_id,
        connection_id,
        refund_id,
        line_id as part_id,
        cast(null as {{ contract_type('text') }}) as line_id,
        cast(null as {{ contract_type('text') }}) as product_id,
        cast(null as {{ contract_type('text') }}) as variation_id,
        'shipping' as line_type,
        0 as quantity,
        0 as units_restocked,
        0 as returns,
        total as shipping,
        coalesce(total_tax, 0) as taxes,
        synced_at
    from {{ ref('stg_woocommerce__refund_shipping_lines') }}
    union all
    select
        tenant_id,
        connection_id,
        refund_id,
        line_id as part_id,
        cast(null as {{ contract_type('text') }}) as line_id,
        cast(null as {{ contract_type('text') }}) as product_id,
        cast(null as {{ contract_type('text') }}) as variation_id,
        'fee' as line_type,
        0 as quantity,
        0 as units_restocked,
        -total as returns,
        0 as shipping,
        coalesce(total_tax, 0) as taxes,
        synced_at
    from {{ ref('stg_woocommerce__refund_fee_lines') }}
),

order_events as (
    select
        order_parts.tenant_id,
        order_parts.connection_id,
        order_parts.part || ':' || order_parts.part_id as event,
        order_parts.order_id,
        order_parts.line_id,
        order_parts.product_id,
        order_parts.variation_id,
        'order' as event_type,
        order_parts.line_type,
        orders.created_at as event_at,
        order_parts.quantity,
        case when order_parts.quantity >= 0 then 0 end as units_restocked,
        orders.currency,
        order_parts.gross_sales,
        order_parts.discounts,
        0 as returns,
        order_parts.shipping,
        order_parts.taxes,
        greatest(order_parts.synced_at, orders.synced_at) as synced_at
    from order_parts
    inner join orders
        on order_parts.tenant_id = orders.tenant_id
        and order_parts.connection_id = orders.connection_id
        and order_parts.order_id = orders.order_id
),

refund_events as (
    select
        refund_parts.tenant_id,
        refund_parts.connection_id,
        'refund:' || refund_parts.refund_id || ':' || refund_parts.line_type || ':' || refund_parts.part_id as event,
        refunds.order_id,
        refund_parts.line_id,
        refund_parts.product_id,
        refund_parts.variation_id,
        'return' as event_type,
        refund_parts.line_type,
        refunds.created_at as event_at,
        refund_parts.quantity,
        refund_parts.units_restocked,
        orders.currency,
        0 as gross_sales,
        0 as discounts,
        refund_parts.returns,
        refund_parts.shipping,
        refund_parts.taxes,
        greatest(refund_parts.synced_at, refunds.synced_at) as synced_at
    from refund_parts
    inner join refunds
        on refund_parts.tenant_id = refunds.tenant_id
        and refund_parts.connection_id = refunds.connection_id
        and refund_parts.refund_id = refunds.refund_id
    inner join orders
        on refunds.tenant_id = orders.tenant_id
        and refunds.connection_id = orders.connection_id
        and refunds.order_id = orders.order_id
),

order_rests as (
    select
        tenant_id,
        connection_id,
        'rest:' || order_id as event,
        order_id,
        cast(null as {{ contract_type('text') }}) as line_id,
        cast(null as {{ contract_type('text') }}) as product_id,
        cast(null as {{ contract_type('text') }}) as variation_id,
        'order' as event_type,
        'adjustment' as line_type,
        created_at as event_at,
        0 as quantity,
        0 as units_restocked,
        currency,
        goods as gross_sales,
        0 as discounts,
        0 as returns,
        shipping,
        taxes,
        synced_at
    from {{ ref('woocommerce__order_rests') }}
),

refund_rests as (
    select
        tenant_id,
        connection_id,
        'refund:' || refund_id || ':rest' as event,
        order_id,
        cast(null as {{ contract_type('text') }}) as line_id,
        cast(null as {{ contract_type('text') }}) as product_id,
        cast(null as {{ contract_type('text') }}) as variation_id,
        'return' as event_type,
        'adjustment' as line_type,
        created_at as event_at,
        0 as quantity,
        0 as units_restocked,
        currency,
        0 as gross_sales,
        0 as discounts,
        returns,
        -shipping as shipping,
        -taxes as taxes,
        synced_at
    from {{ ref('woocommerce__refund_rests') }}
),

united as (
    select * from order_events
    union all
    select * from refund_events
    union all
    select * from order_rests
    union all
    select * from refund_rests
),

final as (
    select
        united.tenant_id,
        united.connection_id,
        'woocommerce' as source,
        {{ record_id('event') }} as sales_event_id,
        {{ record_id('order_id') }} as order_id,
        {{ record_id("nullif(line_id, '0')") }} as order_line_id,
        {{ record_id("nullif(product_id, '0')") }} as product_id,
        {{ record_id("coalesce(nullif(variation_id, '0'), nullif(product_id, '0'))") }} as variant_id,
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
        {{ zeros(['duties', 'tips', 'gift_card_sales', 'additional_fees']) }},
        united.synced_at
    from united
)

select {{ conform('sales_events') }} from final
