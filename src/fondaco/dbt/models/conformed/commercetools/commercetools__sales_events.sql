with lines as (
    select * from {{ ref('commercetools__line_amounts') }}
),

custom_lines as (
    select * from {{ ref('stg_commercetools__custom_lines') }}
),

order_amounts as (
    select * from {{ ref('commercetools__order_amounts') }}
),

refund_moments as (
    select * from {{ ref('commercetools__refund_moments') }}
),

returned_lines as (
    select * from {{ ref('commercetools__returned_lines') }}
),

line_events as (
    select
        tenant_id,
        connection_id,
        'line:' || line_id as event,
        order_id,
        line_id,
        product_id,
        variant_number,
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
),

-- A line without a product is a service or a surcharge, not goods.
custom_events as (
    select
        custom_lines.tenant_id,
        custom_lines.connection_id,
        'custom:' || custom_lines.line_id as event,
        custom_lines.order_id,
        cast(null as {{ contract_type('text') }}) as line_id,
        cast(null as {{ contract_type('text') }}) as product_id,
        cast(null as {{ contract_type('bigint') }}) as variant_number,
        'order' as event_type,
        'fee' as line_type,
        order_amounts.ordered_at as event_at,
        0 as quantity,
        0 as units_restocked,
        custom_lines.currency,
        0 as gross_sales,
        0 as discounts,
        0 as returns,
        0 as shipping,
        {{ minor_units(
            'coalesce(custom_lines.gross_cents - custom_lines.net_cents, 0)', 'custom_lines.fraction_digits'
        ) }} as taxes,
        {{ minor_units(
            'coalesce(custom_lines.net_cents, custom_lines.total_cents)', 'custom_lines.fraction_digits'
        ) }} as additional_fees,
        greatest(custom_lines.synced_at, order_amounts.synced_at) as synced_at
    from custom_lines
    inner join order_amounts
        on custom_lines.tenant_id = order_amounts.tenant_id
        and custom_lines.connection_id = order_amounts.connection_id
        and custom_lines.order_id = order_amounts.order_id
),

shipping_events as (
    select
        tenant_id,
        connection_id,
        'shipping:' || order_id as event,
        order_id,
        cast(null as {{ contract_type('text') }}) as line_id,
        cast(null as {{ contract_type('text') }}) as product_id,
        cast(null as {{ contract_type('bigint') }}) as variant_number,
        'order' as event_type,
        'shipping' as line_type,
        ordered_at as event_at,
        0 as quantity,
        0 as units_restocked,
        currency,
        0 as gross_sales,
        0 as discounts,
        0 as returns,
        {{ minor_units('shipping_net_cents', 'fraction_digits') }} as shipping,
        {{ minor_units('shipping_tax_cents', 'fraction_digits') }} as taxes,
        0 as additional_fees,
        synced_at
    from order_amounts
    where shipping_net_cents <> 0 or shipping_tax_cents <> 0
),

rest_events as (
    select
        tenant_id,
        connection_id,
        'rest:' || order_id as event,
        order_id,
        cast(null as {{ contract_type('text') }}) as line_id,
        cast(null as {{ contract_type('text') }}) as product_id,
        cast(null as {{ contract_type('bigint') }}) as variant_number,
        'order' as event_type,
        'adjustment' as line_type,
        ordered_at as event_at,
        0 as quantity,
        0 as units_restocked,
        currency,
        {{ minor_units('case when has_total_discount then 0 else rest_net_cents end', 'fraction_digits') }}
            as gross_sales,
        {{ minor_units('case when has_total_discount then -rest_net_cents else 0 end', 'fraction_digits') }}
            as discounts,
        0 as returns,
        0 as shipping,
        {{ minor_units('rest_tax_cents', 'fraction_digits') }} as taxes,
        0 as additional_fees,
        synced_at
    from order_amounts
    where rest_net_cents <> 0 or rest_tax_cents <> 0
),

return_events as (
    select
        tenant_id,
        connection_id,
        'return:' || line_id || ':' || cast(refunded_at as {{ contract_type('text') }}) as event,
        order_id,
        line_id,
        product_id,
        variant_number,
        'return' as event_type,
        'product' as line_type,
        refunded_at as event_at,
        -units as quantity,
        units_restocked,
        currency,
        0 as gross_sales,
        0 as discounts,
        {{ minor_units('net_cents', 'fraction_digits') }} as returns,
        0 as shipping,
        {{ minor_units('-tax_cents', 'fraction_digits') }} as taxes,
        0 as additional_fees,
        synced_at
    from returned_lines
),

refund_events as (
    select
        tenant_id,
        connection_id,
        'refund:' || refund_id as event,
        order_id,
        cast(null as {{ contract_type('text') }}) as line_id,
        cast(null as {{ contract_type('text') }}) as product_id,
        cast(null as {{ contract_type('bigint') }}) as variant_number,
        'return' as event_type,
        case when return_cents = 0 and shipping_cents <> 0 then 'shipping' else 'adjustment' end as line_type,
        refunded_at as event_at,
        0 as quantity,
        0 as units_restocked,
        currency,
        0 as gross_sales,
        0 as discounts,
        {{ minor_units('return_cents', 'fraction_digits') }} as returns,
        {{ minor_units('-shipping_cents', 'fraction_digits') }} as shipping,
        {{ minor_units('-tax_cents', 'fraction_digits') }} as taxes,
        0 as additional_fees,
        synced_at
    from refund_moments
    where return_cents <> 0 or shipping_cents <> 0 or tax_cents <> 0
),

united as (
    select * from line_events
    union all
    select * from custom_events
    union all
    select * from shipping_events
    union all
    select * from rest_events
    union all
    select * from return_events
    union all
    select * from refund_events
),

final as (
    select
        tenant_id,
        connection_id,
        'commercetools' as source,
        {{ record_id('event') }} as sales_event_id,
        {{ record_id('order_id') }} as order_id,
        {{ record_id('line_id') }} as order_line_id,
        {{ record_id('product_id') }} as product_id,
        {{ record_id("product_id || '/' || cast(variant_number as " ~ contract_type('text') ~ ")") }} as variant_id,
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
        {{ zeros(['duties', 'tips', 'gift_card_sales']) }},
        additional_fees,
        synced_at
    from united
)

select {{ conform('sales_events') }} from final
