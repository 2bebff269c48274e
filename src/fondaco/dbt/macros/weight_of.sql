{#- What an amount weighs where a cost is shared by value: its thousandths, whole, so that running totals come out even. At most as much as
    the largest amount that lands; nought for what is below nought. -#}
{% macro weight_of(amount) -%}
cast(floor(1000 * least(greatest({{ amount }}, 0), 1000000000000)) as bigint)
{%- endmacro %}
