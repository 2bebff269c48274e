{#- What the column names exists in the other model, for the same tenant. -#}
{% test refers_to(model, column, to) -%}
select child.{{ column }}
from {{ model }} as child
where child.{{ column }} is not null
    and not exists (
        select 1
        from {{ to }} as parent
        where parent.{{ column }} = child.{{ column }} and parent.tenant_id = child.tenant_id
    )
{%- endtest %}
