{#- The filter of what is published of orders that changed since all was: without the whole being asked. -#}
{% macro only_unpublished() -%}
where (tenant_id, order_id) in (
        select unpublished.tenant_id, unpublished.order_id from {{ ref('core_unpublished_orders') }} as unpublished
    )
{%- endmacro %}
