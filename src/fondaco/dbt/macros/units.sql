{#- Pieces ordered, after edits. A gift card is not a piece. -#}
{% macro units_sold() -%}
case when line_type = 'product' and event_type <> 'return' then quantity else 0 end
{%- endmacro %}

{#- Pieces given back; positive. -#}
{% macro units_returned() -%}
case when line_type = 'product' and event_type = 'return' then -quantity else 0 end
{%- endmacro %}
