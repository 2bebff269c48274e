{#- A pre-hook of models in which some rows are of no order: these are told anew each time. -#}
{% macro forget_days() -%}
{%- if is_incremental() -%}
delete from {{ this }} where order_id is null
{%- endif -%}
{%- endmacro %}
