{#- Part of an amount, to the four places that Magento keeps. Multiplied first, cast back at once; the whole where all of it is meant. -#}
{% macro magento_share(amount, share) -%}
case
            when {{ share }} >= 1 then {{ amount }}
            else cast(round(cast(coalesce({{ amount }} * ({{ share }}), 0) as decimal(38, 8)), 4) as {{ contract_type('money') }})
        end
{%- endmacro %}
