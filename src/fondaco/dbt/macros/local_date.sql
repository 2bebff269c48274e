{#- The calendar day of a naive UTC timestamp in a shop's IANA time zone. -#}
{% macro local_date(instant, time_zone) -%}
cast({{ instant }} at time zone 'UTC' at time zone {{ time_zone }} as date)
{%- endmacro %}
