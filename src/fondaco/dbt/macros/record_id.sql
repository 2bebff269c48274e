{#- '<connection_id>:<vendor id>', null when the vendor id is null. -#}
{% macro record_id(vendor_id, connection_id='connection_id') -%}
{{ connection_id }} || ':' || {{ vendor_id }}
{%- endmacro %}
