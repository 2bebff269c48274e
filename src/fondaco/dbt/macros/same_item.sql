{#- Whether two rows are of the same variant at the same location. -#}
{% macro same_item(one, other) -%}
{{ one }}.location_id = {{ other }}.location_id
        and {{ one }}.variant_id = {{ other }}.variant_id
        and {{ one }}.tenant_id = {{ other }}.tenant_id
{%- endmacro %}
