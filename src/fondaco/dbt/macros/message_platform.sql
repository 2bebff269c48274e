{#- The platform that a letter or text message was sent by, by the name of the visit's source; null for any other visit. -#}
{% macro message_platform(visit) -%}
{%- set names = {
    'klaviyo': ['klaviyo'],
    'mailchimp': ['mailchimp', 'mc'],
    'postscript': ['postscript', 'ps'],
} -%}
case
        {%- for platform, sources in names.items() %}
        when lower({{ visit }}.utm_source) in ('{{ sources | join("', '") }}') then '{{ platform }}'
        {%- endfor %}
    end
{%- endmacro %}

{#- Whether a visit came by a letter or a text message, by its medium. -#}
{% macro is_from_message(visit) -%}
{%- set media = ['email', 'e-mail', 'mail', 'newsletter', 'sms', 'text', 'mms', 'flow', 'campaign', 'email.campaign', 'email.flow'] -%}
coalesce(lower({{ visit }}.utm_medium), '') in ('{{ media | join("', '") }}')
{%- endmacro %}

{#- What stands in the last parentheses of a campaign's key, as in 'spring sale (01j…)'; the whole key where there are none. -#}
{% macro told_number(key) -%}
case
        when {{ key }} like '%(%)' then replace(split_part({{ key }}, '(', -1), ')', '')
        else {{ key }}
    end
{%- endmacro %}
