with ledger as (
    select * from {{ ref('sales_ledger') }}
    where gross_sales <> 0 or discounts <> 0 or returns <> 0 or units_sold <> 0 or units_returned <> 0
),

products as (
    select * from {{ ref('core_products') }}
),

titled as (
    select
        ledger.*,
        coalesce(products.title, ledger.line_title) as product_title
    from ledger
    left join products
        on ledger.product_id = products.product_id
        and ledger.tenant_id = products.tenant_id
),

-- Each order that has the product counts once for it: at the first of its lines.
numbered as (
    select
        *,
        units_sold > 0 as is_placed,
        row_number() over (
            partition by tenant_id, order_id, product_title, units_sold > 0 order by sales_event_id
        ) as position
    from titled
),

events as (
    select
        *,
        case when is_placed and position = 1 then 1 else 0 end as is_product_order
    from numbered
),
{% set measures = ['gross_sales', 'discounts', 'returns', 'net_sales'] %}
{%- set keys = 'tenant_id, connection_id, source, product_id, variant_id, sku, product_title, currency' %}
summed as (
    {%- for clock, date in {'finance': 'event_date', 'order': 'order_date'}.items() %}
    select
        '{{ clock }}' as clock,
        {{ date }} as sales_date,
        {{ keys }},
        {%- for measure in measures + ledger_units() %}
        sum({{ measure }}) as {{ measure }},
        {%- endfor %}
        0 as product_orders
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
        sum(is_product_order) as product_orders
    from events
    where is_product_order = 1
    group by order_date, {{ keys }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
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
        {%- for measure in ledger_units() + ['product_orders'] %}
        cast(sum({{ measure }}) as bigint) as {{ measure }}{{ ',' if not loop.last }}
        {%- endfor %}
    from summed
    group by
        tenant_id, clock, sales_date, connection_id, source, product_id, variant_id, sku, product_title, currency
)

select * from final
order by clock, sales_date, connection_id, product_id, variant_id, sku, product_title
