with lines as (
    select * from {{ ref('files__lines') }}
),

totals as (
    select * from {{ ref('stg_files__order_totals') }}
),

line_events as (
    select
        tenant_id,
        connection_id,
        order_line_id as sales_event_id,
        order_id,
        case when not is_return then order_line_id end as order_line_id,
        product_id,
        variant_id,
        case when is_return then 'return' else 'order' end as event_type,
        case when is_gift_card then 'gift_card' else 'product' end as line_type,
        ordered_at as event_at,
        quantity,
        case when quantity >= 0 then 0 else units_restocked end as units_restocked,
        currency,
        case when is_return or is_gift_card then 0 else gross_sales end as gross_sales,
        case when is_return or is_gift_card then 0 else discounts end as discounts,
        case when is_return and not is_gift_card then discounts - gross_sales else 0 end as returns,
        0 as shipping,
        taxes,
        case when is_gift_card then gross_sales - discounts else 0 end as gift_card_sales,
        synced_at
    from lines
),

shipping_events as (
    select
        tenant_id,
        connection_id,
        {{ record_id("order_id || ':shipping'") }} as sales_event_id,
        {{ record_id('order_id') }} as order_id,
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
        shipping - case when prices_include_tax then coalesce(shipping_tax, 0) else 0 end as shipping,
        coalesce(shipping_tax, 0) as taxes,
        0 as gift_card_sales,
        synced_at
    from totals
    where shipping <> 0 or shipping_tax <> 0
),

-- Some exports tell one amount given back for an order as a whole. It falls on goods, shipping and tax as the
-- order did.
placed as (
    select
        tenant_id,
        connection_id,
        order_id,
        sum(gross_sales - discounts) as goods,
        sum(shipping) as shipping,
        sum(taxes) as taxes,
        sum(gross_sales - discounts + shipping + taxes) as total
    from (
        select * from line_events
        union all
        select * from shipping_events
    ) as placed_events
    where event_type = 'order' and line_type <> 'gift_card'
    group by tenant_id, connection_id, order_id
),

given_back as (
    select
        totals.tenant_id,
        totals.connection_id,
        placed.order_id,
        totals.order_id as source_order_id,
        totals.returned_at,
        totals.currency,
        totals.synced_at,
        totals.returned,
        cast(totals.returned * placed.shipping / placed.total as decimal(38, 2)) as shipping,
        cast(totals.returned * placed.taxes / placed.total as decimal(38, 2)) as taxes
    from totals
    inner join placed
        on totals.tenant_id = placed.tenant_id
        and totals.connection_id = placed.connection_id
        and {{ record_id('totals.order_id', 'totals.connection_id') }} = placed.order_id
    where totals.returned > 0 and placed.total > 0
),

return_events as (
    select
        tenant_id,
        connection_id,
        {{ record_id("source_order_id || ':returned'") }} as sales_event_id,
        order_id,
        cast(null as {{ contract_type('text') }}) as order_line_id,
        cast(null as {{ contract_type('text') }}) as product_id,
        cast(null as {{ contract_type('text') }}) as variant_id,
        'return' as event_type,
        'adjustment' as line_type,
        returned_at as event_at,
        0 as quantity,
        0 as units_restocked,
        currency,
        0 as gross_sales,
        0 as discounts,
        returned - shipping - taxes as returns,
        -shipping as shipping,
        -taxes as taxes,
        0 as gift_card_sales,
        synced_at
    from given_back
),

united as (
    select * from line_events
    union all
    select * from shipping_events
    union all
    select * from return_events
),

final as (
    select
        *,
        'files' as source,
        0 as duties,
        0 as tips,
        0 as additional_fees
    from united
)

select {{ conform('sales_events') }} from final
