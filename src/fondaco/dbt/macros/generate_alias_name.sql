{#- Core and marts both have orders, customers and payments: core models are files `core_<entity>`, tables `core.<entity>`. -#}
{% macro generate_alias_name(custom_alias_name=none, node=none) -%}
{%- set name = custom_alias_name or node.name -%}
{{ name[5:] if name.startswith('core_') else name }}
{%- endmacro %}
