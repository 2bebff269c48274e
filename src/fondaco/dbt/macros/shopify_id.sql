{#- The number in Shopify's global id: 'gid://shopify/Order/1' is '1'. -#}
{% macro shopify_id(column) -%}
split_part({{ column }}, '/', 5)
{%- endmacro %}
