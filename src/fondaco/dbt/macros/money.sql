{#- An amount in the reporting currency. `rate` is 1 where both currencies are the same. The product has eighteen
    decimals: DuckDB would have no digit left before the point if the amount were not widened first. Rounding such a product
    is what costs: it is done only where an amount is neither nought nor in the reporting currency already. -#}
{% macro converted(amount, rate='exchange_rate') -%}
case
            when {{ rate }} = 1 or {{ amount }} = 0 then cast({{ amount }} as {{ contract_type('money') }})
            else cast(cast({{ amount }} as decimal(38, 6)) * {{ rate }} as {{ contract_type('money') }})
        end
{%- endmacro %}

{#- A sum of amounts, null-free. -#}
{% macro total(amount) -%}
cast(coalesce(sum({{ amount }}), 0) as {{ contract_type('money') }})
{%- endmacro %}
