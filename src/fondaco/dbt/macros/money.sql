{#- An amount in the reporting currency. `rate` is 1 where both currencies are the same. The product has eighteen
    decimals: DuckDB would have no digit left before the point if the amount were not widened first. Rounding such a product
    is what costs, the more so the more digits it has: it is done only where an amount is neither nought nor in the
    reporting currency already, and an amount of whole cents, as nearly all are, is taken as such. The result is the same. -#}
{% macro converted(amount, rate='exchange_rate') -%}
case
            when {{ rate }} = 1 or {{ amount }} = 0 then cast({{ amount }} as {{ contract_type('money') }})
            when {{ amount }} = cast({{ amount }} as decimal(18, 2))
                then cast(round(cast({{ amount }} as decimal(18, 2)) * {{ rate }}, 6) as {{ contract_type('money') }})
            else cast(cast({{ amount }} as decimal(38, 6)) * {{ rate }} as {{ contract_type('money') }})
        end
{%- endmacro %}

{#- A sum of amounts, null-free. -#}
{% macro total(amount) -%}
cast(coalesce(sum({{ amount }}), 0) as {{ contract_type('money') }})
{%- endmacro %}
