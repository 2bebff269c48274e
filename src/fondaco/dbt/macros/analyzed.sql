{#- Post-hook: fresh statistics. PostgreSQL plans the joins of the next models by them; DuckDB keeps its own. -#}
{% macro analyzed() -%}
{{ adapter.dispatch('analyzed')() }}
{%- endmacro %}

{% macro duckdb__analyzed() -%}
{%- endmacro %}

{% macro postgres__analyzed() -%}
analyze {{ this }}
{%- endmacro %}
