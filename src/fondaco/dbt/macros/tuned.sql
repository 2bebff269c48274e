{#- Before a run: DuckDB need not keep the order in which rows were read, which saves it half of its memory. -#}
{% macro tuned() -%}
{{ adapter.dispatch('tuned')() }}
{%- endmacro %}

{% macro duckdb__tuned() -%}
set preserve_insertion_order = false
{%- endmacro %}

{% macro postgres__tuned() -%}
{%- endmacro %}
