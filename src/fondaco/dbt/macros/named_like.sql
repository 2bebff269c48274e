{#- Whether a campaign is called as an entry of the cost sheet says: `*` stands for anything, case and doubled blanks for nothing. -#}
{% macro is_named_like(name, pattern) -%}
regexp_replace({{ campaign_key(name) }}, ' +', ' ', 'g') like
        replace(replace(replace(replace({{ campaign_key(pattern) }}, '!', '!!'), '%', '!%'), '_', '!_'), '*', '%')
        escape '!'
{%- endmacro %}
