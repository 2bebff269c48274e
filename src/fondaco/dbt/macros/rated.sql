{#- A share of an amount. Decimals are multiplied, and rounded once, only where there is a share: that is what
    costs. As in `converted`, the amount is widened first, and an absurd one is multiplied as a float. -#}
{% macro rated(amount, rate) -%}
case
            when {{ rate }} = 0 then 0
            when {{ is_absurd(amount) }}
                then cast(cast({{ amount }} as double precision) * {{ rate }} as {{ contract_type('money') }})
            else cast(cast({{ amount }} as decimal(38, 6)) * {{ rate }} as {{ contract_type('money') }})
        end
{%- endmacro %}
