{#- Whether a movement of the balance is of a buyer's dispute: what it holds back, and what eBay releases of that, which is a credit
    that only its id tells from others. -#}
{% macro ebay_is_dispute() -%}
(transaction_type = 'DISPUTE' or (transaction_type = 'CREDIT' and transaction_id like 'DISPUTE_HOLD_REVERSE%'))
{%- endmacro %}
