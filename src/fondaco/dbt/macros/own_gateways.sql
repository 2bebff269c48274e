{#- Ways of paying behind which no provider stands, as shops name them: an entry for every gateway is not for these. -#}
{% macro own_gateways() -%}
'gift_card', 'shopify_store_credit', 'cash', 'manual', 'cod', 'bacs', 'cheque', 'bank deposit', 'money order',
            'cash on delivery (cod)', 'banktransfer', 'checkmo', 'cashondelivery', 'purchaseorder', 'free', 'store_credit',
            'reward_points'
{%- endmacro %}
