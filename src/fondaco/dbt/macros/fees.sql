{#- Lines of the waterfall that told fees of orders fall into. -#}
{% macro fee_lines() -%}
{{ return(['shipping_costs', 'fulfilment_costs', 'payment_costs', 'marketplace_fees', 'return_costs', 'marketing_costs']) }}
{%- endmacro %}

{#- The line of the waterfall that a told fee falls into. What runs on with the account is a fixed cost; an order has none of
    these, so that what it is charged under such a name is the marketplace's fee. -#}
{% macro fee_line(row) -%}
case {{ row }}.kind
            when 'payment' then 'payment_costs'
            when 'marketplace' then 'marketplace_fees'
            when 'fulfilment' then 'fulfilment_costs'
            when 'shipping' then 'shipping_costs'
            when 'return' then 'return_costs'
            when 'advertising' then 'marketing_costs'
            else case when {{ row }}.order_id is null then 'fixed_costs' else 'marketplace_fees' end
        end
{%- endmacro %}
