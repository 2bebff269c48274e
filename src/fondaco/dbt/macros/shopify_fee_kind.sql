{#- The kind of fee that a movement of Shopify Payments' balance is by itself; null for what is none. -#}
{% macro shopify_fee_kind(type) -%}
case
            when {{ type }} like 'SHIPPING%' then 'shipping'
            when {{ type }} like 'MARKETPLACE_FEE%' or {{ type }} like 'REFERRAL_FEE%' then 'marketplace'
            when {{ type }} like 'ACH_BANK_FAILURE%' or {{ type }} in ('STRIPE_FEE', 'APPLICATION_FEE_REFUND') then 'payment'
            when {{ type }} like 'SHOP_CASH_CAMPAIGN_BILLING%' or {{ type }} like 'ADS_PUBLISHER%' then 'advertising'
            when {{ type }} like 'BILLING_DEBIT%' then 'subscription'
            when {{ type }} = 'ADJUSTMENT' or {{ type }} like 'ANOMALY%' or {{ type }} like 'MERCHANT_GOODWILL%' then 'other'
            when {{ type }} like 'IMPORT_TAX%' or {{ type }} like 'CUSTOMS_DUTY%' then 'other'
        end
{%- endmacro %}
