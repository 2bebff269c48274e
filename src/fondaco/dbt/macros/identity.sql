{#- An e-mail address as one person writes it in several ways: lower case, no spaces; for Gmail without dots and without
    what follows a plus. Null when it is none. -#}
{% macro email_identity(email) -%}
{%- set clean = "lower(trim(" ~ email ~ "))" -%}
case
    when {{ clean }} like '%_@gmail.com' or {{ clean }} like '%_@googlemail.com'
        then replace(split_part(split_part({{ clean }}, '@', 1), '+', 1), '.', '') || '@gmail.com'
    when {{ clean }} like '%_@_%' then {{ clean }}
end
{%- endmacro %}

{#- A telephone number as digits, without the international prefix 00. Null below seven digits. -#}
{% macro phone_identity(phone) -%}
{%- set digits = "regexp_replace(regexp_replace(" ~ phone ~ ", '[^0-9]', '', 'g'), '^00', '')" -%}
case when length({{ digits }}) >= 7 then {{ digits }} end
{%- endmacro %}

{#- A person's id from the key that identifies them. -#}
{% macro person_id(tenant_id, key) -%}
md5({{ tenant_id }} || ' ' || {{ key }})
{%- endmacro %}

{#- By what the models know an account: its e-mail address, else its telephone, else itself. -#}
{% macro account_identity(email_key, phone_key, customer_id) -%}
coalesce('email:' || {{ email_key }}, 'phone:' || {{ phone_key }}, 'customer:' || {{ customer_id }})
{%- endmacro %}

{#- By what the models know a guest: the e-mail address, else the telephone; null for an order that names nobody. -#}
{% macro guest_identity(email, phone) -%}
coalesce('email:' || {{ email_identity(email) }}, 'phone:' || {{ phone_identity(phone) }})
{%- endmacro %}

{#- A guest's record in `raw.fondaco__identity_links`, from the person the models take the guest for. -#}
{% macro guest_record(person_id) -%}
'guest:' || {{ person_id }}
{%- endmacro %}
