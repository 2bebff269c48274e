{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='append_new_columns',
    pre_hook="{{ forget_changed('core_event_changes') }}"
) }}

with sales_events as (
{{ unite('sales_events') }}
),

changed_orders as (
    select * from {{ ref('core_orders') }}
    {{ only_changed('core_event_changes') }}
),

orders as (
    select
        orders.*,
        order_persons.person_id,
        order_persons.customer_type
    from changed_orders as orders
    inner join {{ ref('core_order_persons') }} as order_persons
        on orders.order_id = order_persons.order_id
        and orders.tenant_id = order_persons.tenant_id
),

order_lines as (
    select * from {{ ref('core_order_lines') }}
),

changed as (
    select * from sales_events
    {{ only_changed('core_event_changes') }}
),

-- A row whose order has not arrived yet waits, uncounted, with days in UTC; it is built again when the order comes.
final as (
    select
        {% for column in var('conformed')['sales_events'] -%}
        {% if column in sales_figures() + ['quantity'] -%}
        coalesce(changed.{{ column }}, 0) as {{ column }},
        {% else -%}
        changed.{{ column }},
        {% endif -%}
        {% endfor -%}
        {{ local_date('changed.event_at', "coalesce(orders.time_zone, 'UTC')") }} as event_date,
        orders.ordered_at,
        orders.order_date,
        orders.country,
        orders.channel,
        order_lines.sku,
        order_lines.title as line_title,
        orders.person_id,
        orders.customer_type,
        orders.reporting_currency,
        coalesce(orders.is_counted, false) as is_counted
    from changed
    left join orders
        on changed.order_id = orders.order_id
        and changed.tenant_id = orders.tenant_id
    left join order_lines
        on changed.order_line_id = order_lines.order_line_id
        and changed.tenant_id = order_lines.tenant_id
)

select * from final
