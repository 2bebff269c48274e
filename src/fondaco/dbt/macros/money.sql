{#- An amount in the reporting currency. DuckDB's product of two decimals of 18 digits has 18 digits too, and overflows: widen one. `rate` is 1 where both currencies are the same. -#}
{% macro converted(amount, rate='exchange_rate') -%}
cast(cast({{ amount }} as decimal(38, 6)) * {{ rate }} as {{ contract_type('money') }})
{%- endmacro %}

{#- A sum of amounts, null-free. -#}
{% macro total(amount) -%}
cast(coalesce(sum({{ amount }}), 0) as {{ contract_type('money') }})
{%- endmacro %}
