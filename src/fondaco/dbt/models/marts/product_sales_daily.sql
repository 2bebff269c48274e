with ledger as (
    select * from {{ ref('sales_ledger') }}
    where gross_sales <> 0 or discounts <> 0 or returns <> 0 or units_sold <> 0 or units_returned <> 0
),

products as (
    select * from {{ ref('core_products') }}
),

-- Days on which a product or one of its SKUs was ordered, each order once: the first of the order's lines that has it.
placed as (
    select
        sales_event_id,
        tenant_id,
        row_number() over (
            partition by tenant_id, order_id, coalesce(product_id, line_title) order by sales_event_id
        ) as product_position,
        row_number() over (
            partition by tenant_id, order_id, coalesce(product_id, line_title), sku order by sales_event_id
        ) as sku_position
    from ledger
    where event_type <> 'return' and units_sold > 0
),

events as (
    select
        ledger.*,
        case when placed.product_position = 1 then 1 else 0 end as is_product_order,
        case when placed.sku_position = 1 then 1 else 0 end as is_sku_order
    from ledger
    left join placed
        on ledger.sales_event_id = placed.sales_event_id
        and ledger.tenant_id = placed.tenant_id
),
{% set measures = ['gross_sales', 'discounts', 'returns', 'net_sales'] %}
{%- set keys = 'tenant_id, connection_id, source, product_id, variant_id, sku, line_title, currency' %}
summed as (
    {%- for clock, date in {'finance': 'event_date', 'order': 'order_date'}.items() %}
    select
        '{{ clock }}' as clock,
        {{ date }} as sales_date,
        {{ keys }},
        {%- for measure in measures + ledger_units() %}
        sum({{ measure }}) as {{ measure }},
        {%- endfor %}
        0 as product_orders,
        0 as sku_orders
    from events
    group by {{ date }}, {{ keys }}
    union all
    select
        '{{ clock }}' as clock,
        order_date as sales_date,
        {{ keys }},
        {%- for measure in measures + ledger_units() %}
        0 as {{ measure }},
        {%- endfor %}
        sum(is_product_order) as product_orders,
        sum(is_sku_order) as sku_orders
    from events
    where is_sku_order = 1
    group by order_date, {{ keys }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

titled as (
    select
        summed.*,
        coalesce(products.title, summed.line_title) as product_title
    from summed
    left join products
        on summed.product_id = products.product_id
        and summed.tenant_id = products.tenant_id
),

final as (
    select
        tenant_id,
        clock,
        sales_date,
        connection_id,
        source,
        product_id,
        variant_id,
        sku,
        product_title,
        currency,
        {%- for measure in measures %}
        {{ total(measure) }} as {{ measure }},
        {%- endfor %}
        {%- for measure in ledger_units() + ['product_orders', 'sku_orders'] %}
        cast(sum({{ measure }}) as bigint) as {{ measure }}{{ ',' if not loop.last }}
        {%- endfor %}
    from titled
    group by
        tenant_id, clock, sales_date, connection_id, source, product_id, variant_id, sku, product_title, currency
)

select * from final
order by clock, sales_date, connection_id, product_id, variant_id, sku, product_title
