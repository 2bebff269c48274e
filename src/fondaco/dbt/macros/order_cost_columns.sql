{#- What an order costs as a whole, by the columns of core_order_costs: if any differs, its rows of the profit ledger do. -#}
{% macro order_cost_columns() -%}
{{ return(['order_date', 'is_sent', 'shipping_costs', 'shipping_entry_id', 'fulfilment_costs', 'marketplace_fees',
           'marketplace_fee_rate', 'duty_rate', 'return_amount', 'return_unit_amount', 'marketing_costs', 'affiliate_rate',
           'payment_costs', 'assumed_payment_costs', 'chargebacks', 'later_payment_costs']) }}
{%- endmacro %}
