-- What a shop's own report shows: its currency, its days, the finance clock.
with sales_events as (
    select * from {{ ref('core_sales_events') }}
    where is_counted
),

orders as (
    select * from {{ ref('core_orders') }}
    where is_counted
),

parts as (
    select
        tenant_id,
        connection_id,
        source,
        event_date as sales_date,
        currency,
        {%- for figure in sales_figures() %}
        sum({{ figure }}) as {{ figure }},
        {%- endfor %}
        0 as orders
    from sales_events
    group by tenant_id, connection_id, source, event_date, currency
    union all
    select
        tenant_id,
        connection_id,
        source,
        order_date as sales_date,
        currency,
        {%- for figure in sales_figures() %}
        0 as {{ figure }},
        {%- endfor %}
        count(case when coalesce(order_status, '') <> 'returned' then 1 end) as orders
    from orders
    group by tenant_id, connection_id, source, order_date, currency
),

final as (
    select
        tenant_id,
        connection_id,
        source,
        sales_date,
        currency,
        cast(sum(orders) as bigint) as orders,
        {{ total('gross_sales') }} as gross_sales,
        {{ total('discounts') }} as discounts,
        {{ total('returns') }} as returns,
        {{ total('gross_sales - discounts - returns') }} as net_sales,
        {{ total('shipping') }} as shipping,
        {{ total('taxes') }} as taxes,
        {{ total('duties') }} as duties,
        {{ total('additional_fees') }} as additional_fees,
        {{ total('gross_sales - discounts - returns + shipping + taxes + duties + additional_fees') }} as total_sales,
        {{ total('tips') }} as tips,
        {{ total('gift_card_sales') }} as gift_card_sales
    from parts
    group by tenant_id, connection_id, source, sales_date, currency
)

select * from final
