{#- The kind of a fee by eBay's own word for it. -#}
{% macro ebay_fee_kind(name) -%}
case
            when {{ name }} like '%AD_FEE%' or {{ name }} like '%ADS_FEE%' or {{ name }} like '%PROMOTED%' then 'advertising'
            when {{ name }} like '%SHIPPING_LABEL%' then 'shipping'
            when {{ name }} like '%DISPUTE%' then 'payment'
            when {{ name }} like '%SUBSCRIPTION%' then 'subscription'
            when {{ name }} like 'OTHER%' then 'other'
            else 'marketplace'
        end
{%- endmacro %}
