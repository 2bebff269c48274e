{#- All sources of a core entity, one below the other, by the columns of the contract; no rows where no source has it. -#}
{% macro unite(entity) -%}
{%- set columns = var('conformed')[entity] -%}
{%- for source in var('conformed_sources')[entity] %}
    select {{ columns | join(', ') }}
    from {{ ref(source ~ '__' ~ entity) }}
    {{- '\n    union all' if not loop.last }}
{%- else %}
    select
        {%- for column, kind in columns.items() %}
        cast(null as {{ contract_type(kind) }}) as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    where false
{%- endfor %}
{%- endmacro %}
