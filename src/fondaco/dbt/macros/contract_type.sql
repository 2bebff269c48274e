{#- The warehouse's type for a type word of the contract. Money is as wide as decimals are: what lands has twelve digits before the
    point, but a merchant in rupiah sells for more than that, and a line may be a hundred thousand pieces. -#}
{% macro contract_type(kind) -%}
{%- set words = {'text': 'varchar', 'bigint': 'bigint', 'boolean': 'boolean', 'timestamp': 'timestamp',
                 'date': 'date', 'money': 'decimal(38, 6)', 'rate': 'decimal(24, 12)'} -%}
{{ words[kind] }}
{%- endmacro %}
