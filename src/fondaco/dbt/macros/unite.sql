{#- All sources of a core entity, one below the other, by the columns of the contract. -#}
{% macro unite(entity) -%}
{%- for source in var('conformed_sources')[entity] %}
    select {{ var('conformed')[entity] | join(', ') }}
    from {{ ref(source ~ '__' ~ entity) }}
    {{- '\n    union all' if not loop.last }}
{%- endfor %}
{%- endmacro %}
