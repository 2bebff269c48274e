{#- The instant of this run as a naive UTC timestamp. Tests and demonstrations set it with the variable `now`. -#}
{% macro run_instant() -%}
cast('{{ var("now", "") or run_started_at.strftime("%Y-%m-%d %H:%M:%S") }}' as timestamp)
{%- endmacro %}
