{#- Days at the ends of time: where nothing says from when, or until when. -#}
{% macro first_day() -%}
cast('0001-01-01' as date)
{%- endmacro %}

{% macro last_day() -%}
cast('9999-12-31' as date)
{%- endmacro %}

{% macro day_after(day) -%}
cast({{ day }} + interval '1 day' as date)
{%- endmacro %}

{% macro day_before(day) -%}
cast({{ day }} - interval '1 day' as date)
{%- endmacro %}
