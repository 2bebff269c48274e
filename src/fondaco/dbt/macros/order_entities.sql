{#- Entities whose rows belong to one order; a change in any of them rebuilds that order. -#}
{% macro order_entities() -%}
{{ return(['orders', 'order_lines', 'order_discounts', 'sales_events', 'refunds', 'payments']) }}
{%- endmacro %}
