{#- Columns that one part of a union does not have, as nought. -#}
{% macro zeros(names) -%}
{%- for name in names %}
        0 as {{ name }}{{ ',' if not loop.last }}
{%- endfor %}
{%- endmacro %}
