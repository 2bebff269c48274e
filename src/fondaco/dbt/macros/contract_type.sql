{#- The warehouse's type for a type word of the contract. -#}
{% macro contract_type(kind) -%}
{%- set words = {'text': 'varchar', 'bigint': 'bigint', 'boolean': 'boolean', 'timestamp': 'timestamp',
                 'date': 'date', 'money': 'decimal(18, 6)', 'rate': 'decimal(24, 12)'} -%}
{{ words[kind] }}
{%- endmacro %}
