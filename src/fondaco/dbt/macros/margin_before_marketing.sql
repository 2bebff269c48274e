{#- Contribution margin 2 of a row of the ledger of profit. -#}
{% macro margin_before_marketing(row) -%}
{{ row }}.net_sales - {{ row }}.cost_of_goods + {{ row }}.other_income
            - {{ row }}.shipping_costs - {{ row }}.fulfilment_costs - {{ row }}.payment_costs - {{ row }}.chargebacks
            - {{ row }}.marketplace_fees - {{ row }}.return_costs - {{ row }}.duty_costs
{%- endmacro %}
