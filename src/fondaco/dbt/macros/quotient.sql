{#- A quotient as a rate; null where there is nothing to divide by. -#}
{% macro quotient(numerator, denominator) -%}
cast(
            cast({{ numerator }} as double precision) / nullif(cast({{ denominator }} as double precision), 0)
            as {{ contract_type('rate') }}
        )
{%- endmacro %}

{#- An amount as the contract has it. -#}
{% macro contract_money(amount) -%}
cast({{ amount }} as {{ contract_type('money') }})
{%- endmacro %}
