{#- The platform that what messages cost is for: an item is such as 'klaviyo' or 'postscript sms'. -#}
{% macro platform_of(item) -%}
split_part({{ item }}, ' ', 1)
{%- endmacro %}

{#- Its channel; null for every one. -#}
{% macro channel_of(item) -%}
nullif(split_part({{ item }}, ' ', 2), '')
{%- endmacro %}
