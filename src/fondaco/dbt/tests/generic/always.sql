{#- Every condition holds on every row; a condition that is null does not hold. -#}
{% test always(model, conditions) -%}
select *
from {{ model }}
where not coalesce(({{ conditions | join(') and (') }}), false)
{%- endtest %}
