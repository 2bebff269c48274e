{#- Entities whose rows belong to one order; a change in any of them rebuilds that order. The numbers are distinct odd
    weights, so that what leaves one entity cannot be made up for by what enters another. -#}
{% macro order_entities() -%}
{{ return({'orders': 1, 'order_lines': 3, 'order_discounts': 7, 'sales_events': 13, 'refunds': 29, 'payments': 61,
           'fees': 127}) }}
{%- endmacro %}

{#- Rows of each order in one number: their count and the instants at which they were synchronised. What is of no order,
    as a fee of the account, is in none. `rows` names columns
    tenant_id, order_id, weight and synced_at. -#}
{% macro order_checksums(rows) -%}
select
    tenant_id,
    order_id,
    cast(
        sum(weight * (1 + mod(cast(extract(epoch from synced_at) * 1000000 as bigint), 999999937))) as bigint
    ) as checksum
from {{ rows }}
where order_id is not null
group by tenant_id, order_id
{%- endmacro %}
