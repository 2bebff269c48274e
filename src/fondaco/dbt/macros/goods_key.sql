{#- What tells goods of one cost apart, in one text: half of it may be null, and PostgreSQL joins nulls by nested loops only.
    A variant is one whatever its SKU was called; a return may not name the line that it is of, and so no SKU. -#}
{% macro goods_key(relation) -%}
{{ relation }}.connection_id || '|' || coalesce(
            {{ relation }}.variant_id, coalesce({{ relation }}.product_id, '') || '|' || coalesce({{ relation }}.sku, '')
        )
{%- endmacro %}

{#- What the rules of the cost sheet ask of an order, in one text. -#}
{% macro place_key(relation) -%}
{{ relation }}.connection_id || '|' || coalesce({{ relation }}.channel, '') || '|' || coalesce({{ relation }}.country, '')
{%- endmacro %}

{#- Whether an entry of the cost sheet holds on a day. -#}
{% macro holds_on(entries, day) -%}
({{ entries }}.valid_from is null or {{ entries }}.valid_from <= {{ day }})
        and ({{ entries }}.last_day is null or {{ entries }}.last_day >= {{ day }})
{%- endmacro %}
