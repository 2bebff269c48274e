{#- The instant of this run as a naive UTC timestamp. A project whose clock is not the machine's says it in the environment:
    a changed variable of dbt would have it read all models anew. -#}
{% macro run_instant() -%}
cast('{{ env_var("FONDACO_RUN_INSTANT", "") or run_started_at.strftime("%Y-%m-%d %H:%M:%S") }}' as timestamp)
{%- endmacro %}
