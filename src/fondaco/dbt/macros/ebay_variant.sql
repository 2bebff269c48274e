{#- eBay's variant: the listing, with its variation where it has some. -#}
{% macro ebay_variant(line) -%}
{{ line }}.item_id || coalesce('/' || coalesce({{ line }}.variation_id, {{ line }}.sku), '')
{%- endmacro %}
