{#- The columns of a conformed entity, each cast to the type that the contract in dbt_project.yml gives it. The last
    select of every `<source>__<entity>` model is `select {{ conform('orders') }} from final`. -#}
{% macro conform(entity) -%}
{%- for column, kind in var('conformed')[entity].items() %}
    cast({{ column }} as {{ contract_type(kind) }}) as {{ column }}{{ ',' if not loop.last }}
{%- endfor %}
{%- endmacro %}
