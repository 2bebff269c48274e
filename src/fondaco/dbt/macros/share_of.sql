{#- `amount * part / whole` in smallest units: rounded down, or with half a unit rounded up. Whole numbers stay whole on both
    engines; null where the whole is nought. -#}
{% macro share_of(amount, part, whole, half_up=false) -%}
{%- if half_up -%}
floor((2 * {{ amount }} * {{ part }} + {{ whole }}) * 1.0 / nullif(2 * {{ whole }}, 0))
{%- else -%}
floor({{ amount }} * {{ part }} * 1.0 / nullif({{ whole }}, 0))
{%- endif -%}
{%- endmacro %}
