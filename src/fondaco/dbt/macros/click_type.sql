{#- Name of the click id in an address. The address itself, which may say more of a person, goes no further. -#}
{% macro click_type(address) -%}
case
        {%- for name in ['gclid', 'gbraid', 'wbraid', 'fbclid', 'msclkid', 'ttclid'] %}
        when {{ address }} like '%?{{ name }}=_%' or {{ address }} like '%&{{ name }}=_%' then '{{ name }}'
        {%- endfor %}
    end
{%- endmacro %}
