{#- A campaign's name or number as it is compared: without case, and with the blanks of an address that is still encoded. -#}
{% macro campaign_key(text) -%}
lower(trim(replace(replace({{ text }}, '%20', ' '), '+', ' ')))
{%- endmacro %}
