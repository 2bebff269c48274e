{#- A share of an amount. Decimals are multiplied, and rounded once, only where there is a share: that is what costs. -#}
{% macro rated(amount, rate) -%}
case when {{ rate }} = 0 then 0 else cast({{ amount }} * {{ rate }} as {{ contract_type('money') }}) end
{%- endmacro %}
