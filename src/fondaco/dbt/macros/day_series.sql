{#- One row for each day from `first` to `last`, as an expression of a select list. -#}
{% macro day_series(first, last) -%}
{{ adapter.dispatch('day_series')(first, last) }}
{%- endmacro %}

{% macro duckdb__day_series(first, last) -%}
cast(unnest(generate_series(cast({{ first }} as timestamp), cast({{ last }} as timestamp), interval '1 day')) as date)
{%- endmacro %}

{% macro postgres__day_series(first, last) -%}
cast(generate_series(cast({{ first }} as timestamp), cast({{ last }} as timestamp), interval '1 day') as date)
{%- endmacro %}
