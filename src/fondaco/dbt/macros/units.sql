{#- Pieces ordered, after edits. A gift card is not a piece. -#}
{% macro units_sold() -%}
case when line_type = 'product' and event_type <> 'return' then quantity else 0 end
{%- endmacro %}

{#- Pieces given back; positive. -#}
{% macro units_returned() -%}
case when line_type = 'product' and event_type = 'return' then -quantity else 0 end
{%- endmacro %}

{#- Pieces given back, or taken out by an edit, that are in stock again or never left it; null where nobody tells. -#}
{% macro units_restocked() -%}
case when line_type = 'product' then units_restocked else 0 end
{%- endmacro %}
