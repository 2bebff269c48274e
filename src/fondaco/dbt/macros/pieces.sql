{#- What rows of the sales ledger do to stock. An edit that takes pieces out of an order gives them back, as far as they are told to be
    in stock again; one that says nothing never let them leave. -#}
{% macro pieces_out() -%}
case when units_sold > 0 then units_sold else 0 end
{%- endmacro %}

{% macro pieces_back_told() -%}
case
            when units_restocked is not null then units_restocked
            when units_sold < 0 then -units_sold
            else 0
        end
{%- endmacro %}

{#- Pieces given back of which nobody tells whether they are in stock again: what a return does then, the settings of profit say. -#}
{% macro pieces_back_untold() -%}
case when units_restocked is null then units_returned else 0 end
{%- endmacro %}
