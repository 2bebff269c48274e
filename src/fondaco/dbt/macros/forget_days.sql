{#- A pre-hook of the profit ledger: what no order bears is told anew each time. -#}
{% macro forget_days() -%}
{%- if is_incremental() -%}
delete from {{ this }} where order_id is null
{%- endif -%}
{%- endmacro %}
