with orders as (
    select * from {{ ref('stg_magento__orders') }}
),

lines as (
    select
        *,
        cast(qty_canceled as decimal(38, 6)) / nullif(qty_ordered, 0) as canceled_share
    from {{ ref('magento__lines') }}
),

order_amounts as (
    select * from {{ ref('magento__order_amounts') }}
),

returned_lines as (
    select * from {{ ref('magento__returned_lines') }}
),

credit_memo_amounts as (
    select * from {{ ref('magento__credit_memo_amounts') }}
),

sold_lines as (
    select
        tenant_id,
        connection_id,
        order_id,
        'line:' || item_id as event,
        item_id,
        product_id,
        variant_id,
        'order' as event_type,
        case when is_gift_card then 'gift_card' else 'product' end as line_type,
        quantity,
        case when is_gift_card then 0 else gross_sales end as gross_sales,
        case when is_gift_card then 0 else discounts end as discounts,
        0 as shipping,
        case when is_gift_card then 0 else taxes end as taxes,
        case when is_gift_card then gross_sales - discounts + taxes else 0 end as gift_card_sales,
        0 as additional_fees,
        synced_at
    from lines
),

-- Pieces that were taken out before they were invoiced. Magento's own report takes them off the order's day, for it does not
-- know when that was; of an order that was cancelled whole nothing counts anyway.
canceled_lines as (
    select
        lines.tenant_id,
        lines.connection_id,
        lines.order_id,
        'canceled:' || lines.item_id as event,
        lines.item_id,
        lines.product_id,
        lines.variant_id,
        'edit' as event_type,
        case when lines.is_gift_card then 'gift_card' else 'product' end as line_type,
        -ceil(lines.qty_canceled) as quantity,
        case
            when lines.is_gift_card then 0 else -{{ magento_share('lines.gross_sales', 'lines.canceled_share') }}
        end as gross_sales,
        case
            when lines.is_gift_card then 0 else -{{ magento_share('lines.discounts', 'lines.canceled_share') }}
        end as discounts,
        0 as shipping,
        case when lines.is_gift_card then 0 else -{{ magento_share('lines.taxes', 'lines.canceled_share') }} end as taxes,
        case
            when lines.is_gift_card
                then -{{ magento_share('(lines.gross_sales - lines.discounts + lines.taxes)', 'lines.canceled_share') }}
            else 0
        end as gift_card_sales,
        0 as additional_fees,
        greatest(lines.synced_at, orders.synced_at) as synced_at
    from lines
    inner join orders
        on lines.tenant_id = orders.tenant_id
        and lines.connection_id = orders.connection_id
        and lines.order_id = orders.order_id
    where lines.qty_canceled > 0 and coalesce(orders.state, '') <> 'canceled'
),

order_parts as (
    select
        tenant_id,
        connection_id,
        order_id,
        'shipping:' || order_id as event,
        'order' as event_type,
        'shipping' as line_type,
        0 as gross_sales,
        shipping,
        shipping_taxes as taxes,
        0 as additional_fees,
        synced_at
    from order_amounts
    where full_shipping <> 0 or shipping <> 0 or shipping_taxes <> 0
    union all
    select
        tenant_id,
        connection_id,
        order_id,
        'fees:' || order_id as event,
        'order' as event_type,
        'fee' as line_type,
        0 as gross_sales,
        0 as shipping,
        wrapping_taxes as taxes,
        wrapping + fixed_taxes as additional_fees,
        synced_at
    from order_amounts
    where wrapping <> 0 or wrapping_taxes <> 0 or fixed_taxes <> 0
    union all
    select
        tenant_id,
        connection_id,
        order_id,
        'rest:' || order_id as event,
        'order' as event_type,
        'adjustment' as line_type,
        rest as gross_sales,
        0 as shipping,
        rest_taxes as taxes,
        0 as additional_fees,
        synced_at
    from order_amounts
    where rest <> 0 or rest_taxes <> 0
    union all
    select
        order_amounts.tenant_id,
        order_amounts.connection_id,
        order_amounts.order_id,
        'canceled:shipping:' || order_amounts.order_id as event,
        'edit' as event_type,
        'shipping' as line_type,
        0 as gross_sales,
        -{{ magento_share(
            'order_amounts.shipping',
            'cast(order_amounts.shipping_canceled as decimal(38, 6)) / nullif(order_amounts.full_shipping, 0)'
        ) }} as shipping,
        -{{ magento_share(
            'order_amounts.shipping_taxes',
            'cast(order_amounts.shipping_canceled as decimal(38, 6)) / nullif(order_amounts.full_shipping, 0)'
        ) }} as taxes,
        0 as additional_fees,
        order_amounts.synced_at
    from order_amounts
    inner join orders
        on order_amounts.tenant_id = orders.tenant_id
        and order_amounts.connection_id = orders.connection_id
        and order_amounts.order_id = orders.order_id
    where order_amounts.shipping_canceled > 0 and coalesce(orders.state, '') <> 'canceled'
),

placed as (
    select
        tenant_id,
        connection_id,
        order_id,
        event,
        item_id,
        product_id,
        variant_id,
        event_type,
        line_type,
        quantity,
        case when quantity < 0 then -quantity else 0 end as units_restocked,
        gross_sales,
        discounts,
        shipping,
        taxes,
        gift_card_sales,
        additional_fees,
        synced_at
    from (
        select * from sold_lines
        union all
        select * from canceled_lines
    ) as both_kinds
    union all
    select
        tenant_id,
        connection_id,
        order_id,
        event,
        cast(null as {{ contract_type('text') }}) as item_id,
        cast(null as {{ contract_type('text') }}) as product_id,
        cast(null as {{ contract_type('text') }}) as variant_id,
        event_type,
        line_type,
        0 as quantity,
        0 as units_restocked,
        gross_sales,
        0 as discounts,
        shipping,
        taxes,
        0 as gift_card_sales,
        additional_fees,
        synced_at
    from order_parts
),

order_events as (
    select
        placed.tenant_id,
        placed.connection_id,
        placed.order_id,
        placed.event,
        placed.item_id,
        placed.product_id,
        placed.variant_id,
        placed.event_type,
        placed.line_type,
        orders.created_at as event_at,
        placed.quantity,
        placed.units_restocked,
        orders.base_currency as currency,
        placed.gross_sales,
        placed.discounts,
        0 as returns,
        placed.shipping,
        placed.taxes,
        placed.gift_card_sales,
        placed.additional_fees,
        greatest(placed.synced_at, orders.synced_at) as synced_at
    from placed
    inner join orders
        on placed.tenant_id = orders.tenant_id
        and placed.connection_id = orders.connection_id
        and placed.order_id = orders.order_id
),

line_returns as (
    select
        tenant_id,
        connection_id,
        order_id,
        'refund:' || credit_memo_id || ':' || credit_memo_item_id as event,
        item_id,
        product_id,
        variant_id,
        'return' as event_type,
        case when is_gift_card then 'gift_card' else 'product' end as line_type,
        created_at as event_at,
        -quantity as quantity,
        units_restocked,
        currency,
        0 as gross_sales,
        0 as discounts,
        case when is_gift_card then 0 else returns end as returns,
        0 as shipping,
        case when is_gift_card then 0 else -taxes end as taxes,
        case when is_gift_card then -returns - taxes else 0 end as gift_card_sales,
        0 as additional_fees,
        synced_at
    from returned_lines
),

other_returns as (
    select
        tenant_id,
        connection_id,
        order_id,
        credit_memo_id,
        'shipping' as line_type,
        created_at,
        currency,
        0 as returns,
        -shipping as shipping,
        -shipping_taxes as taxes,
        0 as additional_fees,
        synced_at
    from credit_memo_amounts
    where shipping <> 0 or shipping_taxes <> 0
    union all
    select
        tenant_id,
        connection_id,
        order_id,
        credit_memo_id,
        'fee' as line_type,
        created_at,
        currency,
        0 as returns,
        0 as shipping,
        -wrapping_taxes as taxes,
        -wrapping - fixed_taxes as additional_fees,
        synced_at
    from credit_memo_amounts
    where wrapping <> 0 or wrapping_taxes <> 0 or fixed_taxes <> 0
    union all
    select
        tenant_id,
        connection_id,
        order_id,
        credit_memo_id,
        'adjustment' as line_type,
        created_at,
        currency,
        rest as returns,
        0 as shipping,
        -rest_taxes as taxes,
        0 as additional_fees,
        synced_at
    from credit_memo_amounts
    where rest <> 0 or rest_taxes <> 0
),

united as (
    select * from order_events
    union all
    select * from line_returns
    union all
    select
        tenant_id,
        connection_id,
        order_id,
        'refund:' || credit_memo_id || ':' || line_type as event,
        cast(null as {{ contract_type('text') }}) as item_id,
        cast(null as {{ contract_type('text') }}) as product_id,
        cast(null as {{ contract_type('text') }}) as variant_id,
        'return' as event_type,
        line_type,
        created_at as event_at,
        0 as quantity,
        0 as units_restocked,
        currency,
        0 as gross_sales,
        0 as discounts,
        returns,
        shipping,
        taxes,
        0 as gift_card_sales,
        additional_fees,
        synced_at
    from other_returns
),

final as (
    select
        united.tenant_id,
        united.connection_id,
        'magento' as source,
        {{ record_id('event') }} as sales_event_id,
        {{ record_id('order_id') }} as order_id,
        {{ record_id('item_id') }} as order_line_id,
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
