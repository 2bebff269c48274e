{#- The tax in an amount that includes it, to the cent. Multiplied first, divided last. -#}
{% macro included_tax(amount, rate) -%}
cast(round(cast({{ amount }} as decimal(38, 6)) * {{ rate }} / (1 + {{ rate }}), 2) as {{ contract_type('money') }})
{%- endmacro %}
