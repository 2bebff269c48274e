{#- Whether a platform counts a contact when it says what the plan costs. Klaviyo leaves out who must not be written to any more;
    Mailchimp counts them as well. -#}
{% macro is_paid_for(contacts, channel) -%}
({{ contacts }}.source <> 'klaviyo' or coalesce({{ contacts }}.{{ channel }}_consent, '') <> 'unsubscribed')
{%- endmacro %}
