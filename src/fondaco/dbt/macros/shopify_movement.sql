{#- What kind of movement of the balance a transaction of Shopify Payments is. -#}
{% macro shopify_movement(type) -%}
case
            when {{ type }} = 'CHARGE' then 'payment'
            when {{ type }} in ('REFUND', 'REFUND_FAILURE') then 'refund'
            when {{ type }} like 'DISPUTE%' or {{ type }} like 'RISK%' or {{ type }} like 'CHARGEBACK%' then 'chargeback'
            when {{ type }} like 'SHIPPING%' then 'shipping'
            when {{ type }} like 'IMPORT_TAX%' or {{ type }} like 'CUSTOMS_DUTY%' or {{ type }} like 'TAX%' or {{ type }} like 'VAT%'
                then 'tax'
            when {{ type }} like 'RESERVED_FUNDS%' then 'reserve'
            when {{ type }} like 'LENDING%' or {{ type }} like 'ADVANCE%' then 'loan'
            else 'adjustment'
        end
{%- endmacro %}
