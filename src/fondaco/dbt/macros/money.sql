{#- An amount in the reporting currency. `rate` is 1 where both currencies are the same. The product has eighteen
    decimals: DuckDB would have no digit left before the point if the amount were not widened first. Rounding such a product
    is what costs, the more so the more digits it has: it is done only where an amount is neither nought nor in the
    reporting currency already, and an amount of whole cents, as nearly all are, is taken as such; one of up to twelve digits before
    the point is first made as narrow as it landed, which costs nothing, for dividing a wide one does. The result is the same.
    The product has twenty digits before the point: what has more is an absurd amount, and keeps the fifteen digits of a float. -#}
{% macro converted(amount, rate='exchange_rate') -%}
{%- set narrow = 'cast(' ~ amount ~ ' as decimal(18, 6))' -%}
{%- set product = 'cast(cast(' ~ amount ~ ' as decimal(38, 6)) * ' ~ rate ~ ' as ' ~ contract_type('money') ~ ')' -%}
case
            when {{ rate }} = 1 or {{ amount }} = 0 then cast({{ amount }} as {{ contract_type('money') }})
            when {{ amount }} between -999999999999 and 999999999999
                then case
                    when {{ narrow }} = cast({{ narrow }} as decimal(18, 2))
                        then cast(round(cast({{ narrow }} as decimal(18, 2)) * {{ rate }}, 6) as {{ contract_type('money') }})
                    else {{ product }}
                end
            when {{ is_absurd(amount) }}
                then cast(cast({{ amount }} as double precision) * {{ rate }} as {{ contract_type('money') }})
            else {{ product }}
        end
{%- endmacro %}

{#- Whether an amount is so large that its exact product with a rate may not fit. -#}
{% macro is_absurd(amount) -%}
{{ amount }} not between -99999999999999 and 99999999999999
{%- endmacro %}

{#- A sum of amounts, null-free. -#}
{% macro total(amount) -%}
cast(coalesce(sum({{ amount }}), 0) as {{ contract_type('money') }})
{%- endmacro %}
