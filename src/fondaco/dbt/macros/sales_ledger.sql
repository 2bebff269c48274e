{#- The ledger of sales: counted events in reporting currency, each at the rate of its own day; those that `filter` leaves. -#}
{% macro sales_ledger(filter='') -%}
{%- set of_event = ['tenant_id', 'sales_event_id', 'order_id', 'order_line_id', 'product_id', 'variant_id', 'sku', 'line_title',
    'connection_id', 'source', 'event_type', 'line_type', 'event_at', 'event_date', 'ordered_at', 'order_date', 'person_id',
    'customer_type', 'country', 'channel'] -%}
with chosen as (
    select * from {{ ref('core_sales_events') }}
    {{ filter }}
),

sales_events as (
    select * from chosen
    where is_counted
),

rates as (
    select * from {{ ref('core_exchange_rates_daily') }}
),

joined as (
    select
        sales_events.*,
        rates.exchange_rate
    from sales_events
    left join rates
        on sales_events.event_date = rates.rate_date
        and sales_events.currency = rates.currency
        and sales_events.tenant_id = rates.tenant_id
),

valued as (
    select
        {% for column in of_event %}{{ column }},
        {% endfor -%}
        {{ units_sold() }} as units_sold,
        {{ units_returned() }} as units_returned,
        {{ units_restocked() }} as units_restocked,
        reporting_currency as currency,
        currency as shop_currency,
        exchange_rate,
        {% for figure in sales_figures() -%}
        {{ converted(figure) }} as {{ figure }}{{ ',' if not loop.last }}
        {% endfor %}
    from joined
),

final as (
    select
        {% for column in of_event %}{{ column }},
        {% endfor -%}
        units_sold,
        units_returned,
        units_restocked,
        units_sold - units_returned as net_units,
        currency,
        shop_currency,
        exchange_rate,
        gross_sales,
        discounts,
        returns,
        cast(gross_sales - discounts - returns as {{ contract_type('money') }}) as net_sales,
        shipping,
        taxes,
        duties,
        additional_fees,
        cast(
            gross_sales - discounts - returns + shipping + taxes + duties + additional_fees
            as {{ contract_type('money') }}
        ) as total_sales,
        tips,
        gift_card_sales
    from valued
)

select * from final
{%- endmacro %}

{#- The ledger as incremental models read it, with their filter. It stands below the conversion then: an engine that filters the
    view converts all rows first, which takes ten times as long as to find the few. -#}
{% macro filtered_ledger(filter) -%}
{%- set whole = ref('sales_ledger') -%}
{%- set of_changed = sales_ledger(filter) -%}
{%- if is_incremental() -%}
{{ of_changed }}
{%- else -%}
select * from {{ whole }}
{%- endif -%}
{%- endmacro %}
