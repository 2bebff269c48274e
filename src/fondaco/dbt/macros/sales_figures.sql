{#- The figures of the ledger that are amounts, in the order of the bridge from gross to total sales. -#}
{% macro sales_figures() -%}
{{ return(['gross_sales', 'discounts', 'returns', 'shipping', 'taxes', 'duties', 'additional_fees', 'tips', 'gift_card_sales']) }}
{%- endmacro %}

{#- Everything in the ledger that can be summed: amounts, the two sums of the bridge, and units. -#}
{% macro ledger_amounts() -%}
{{ return(['gross_sales', 'discounts', 'returns', 'net_sales', 'shipping', 'taxes', 'duties', 'additional_fees', 'total_sales', 'tips', 'gift_card_sales']) }}
{%- endmacro %}

{% macro ledger_units() -%}
{{ return(['units_sold', 'units_returned', 'net_units']) }}
{%- endmacro %}
