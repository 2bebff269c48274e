{#- An amount in the reporting currency. `rate` is 1 where both currencies are the same. -#}
{% macro converted(amount, rate='exchange_rate') -%}
cast({{ amount }} * {{ rate }} as {{ contract_type('money') }})
{%- endmacro %}

{#- A sum of amounts, null-free. -#}
{% macro total(amount) -%}
cast(coalesce(sum({{ amount }}), 0) as {{ contract_type('money') }})
{%- endmacro %}
