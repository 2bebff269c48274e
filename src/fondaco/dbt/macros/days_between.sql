{#- Whole days from one date to another. -#}
{% macro days_between(first, last) -%}
{{ adapter.dispatch('days_between')(first, last) }}
{%- endmacro %}

{% macro duckdb__days_between(first, last) -%}
date_diff('day', {{ first }}, {{ last }})
{%- endmacro %}

{% macro postgres__days_between(first, last) -%}
({{ last }} - {{ first }})
{%- endmacro %}
