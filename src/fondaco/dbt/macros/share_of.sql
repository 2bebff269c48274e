{#- `amount * part / whole` in smallest units: rounded down, or with half a unit rounded up. Whole numbers stay whole on both
    engines; null where the whole is nought. The product of two amounts in rupiah is larger than a bigint. -#}
{% macro share_of(amount, part, whole, half_up=false) -%}
{%- if half_up -%}
floor((2 * cast({{ amount }} as decimal(38, 0)) * {{ part }} + {{ whole }}) * 1.0 / nullif(2 * {{ whole }}, 0))
{%- else -%}
floor(cast({{ amount }} as decimal(38, 0)) * {{ part }} * 1.0 / nullif({{ whole }}, 0))
{%- endif -%}
{%- endmacro %}
