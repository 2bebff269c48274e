{#- The hour of the day, 0 to 23, of a naive UTC timestamp in a shop's IANA time zone. -#}
{% macro local_hour(instant, time_zone) -%}
cast(extract(hour from {{ instant }} at time zone 'UTC' at time zone {{ time_zone }}) as bigint)
{%- endmacro %}
