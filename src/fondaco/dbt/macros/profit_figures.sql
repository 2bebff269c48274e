{#- Lines of the waterfall below net sales that are costs, in its order; docs/profit.md tells what each holds. -#}
{% macro profit_costs() -%}
{{ return(['cost_of_goods', 'shipping_costs', 'fulfilment_costs', 'payment_costs', 'chargebacks', 'marketplace_fees',
           'return_costs', 'duty_costs', 'marketing_costs', 'fixed_costs']) }}
{%- endmacro %}

{#- All amounts of the profit ledger that can be summed. -#}
{% macro profit_amounts() -%}
{{ return(['gross_sales', 'discounts', 'returns', 'net_sales', 'other_income'] + profit_costs()
          + ['assumed_cost_of_goods', 'assumed_payment_costs']) }}
{%- endmacro %}
