{#- An amount in the reporting currency. `rate` is 1 where both currencies are the same. The product has eighteen
    decimals: DuckDB would have no digit left before the point if the amount were not widened first. Most amounts are
    nought or need no conversion, which saves most of the time. -#}
{% macro converted(amount, rate='exchange_rate') -%}
cast(case when {{ rate }} = 1 or {{ amount }} = 0 then {{ amount }} else cast({{ amount }} as decimal(38, 6)) * {{ rate }} end as {{ contract_type('money') }})
{%- endmacro %}

{#- A sum of amounts, null-free. -#}
{% macro total(amount) -%}
cast(coalesce(sum({{ amount }}), 0) as {{ contract_type('money') }})
{%- endmacro %}
