{#- The number in Shopify's global id: 'gid://shopify/Order/1' is '1'; with its type, where one table holds ids of several
    types, 'Order/1'. -#}
{% macro shopify_id(column, with_type=false) -%}
{%- if with_type -%}
replace({{ column }}, 'gid://shopify/', '')
{%- else -%}
split_part({{ column }}, '/', 5)
{%- endif -%}
{%- endmacro %}
