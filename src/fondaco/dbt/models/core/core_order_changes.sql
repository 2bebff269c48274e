-- Orders of which anything differs from what the last whole build had seen: one row per order. A whole build needs none.
{%- set anew = builds_anew() %}
{%- set states = state_of('order_states') %}
{%- set united = {} %}
{%- for entity in order_entities() %}{% do united.update({entity: unite(entity)}) %}{% endfor %}
{%- set connections = ref('core_connections') %}

{% if anew or states is none -%}
{{ no_orders() }}
{%- else -%}
with
{%- for entity in order_entities() %}
{{ entity }}_rows as (
{{ united[entity] }}
),
{% endfor %}
found as (
    {%- for entity, weight in order_entities().items() %}
    select
        tenant_id,
        order_id,
        {{ weight }} as weight,
        synced_at
    from {{ entity }}_rows
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

present as (
{{ order_checksums('found') }}
),

-- A shop whose time zone or reporting currency was corrected is built anew.
final as (
    select
        coalesce(present.tenant_id, states.tenant_id) as tenant_id,
        coalesce(present.order_id, states.order_id) as order_id
    from present
    full outer join {{ states }} as states
        on present.order_id = states.order_id
        and present.tenant_id = states.tenant_id
    where present.checksum is distinct from states.checksum
    union
    select
        states.tenant_id,
        states.order_id
    from {{ states }} as states
    inner join {{ connections }} as connections
        on states.connection_id = connections.connection_id
        and states.tenant_id = connections.tenant_id
    where
        states.time_zone <> connections.time_zone
        or states.reporting_currency is distinct from connections.reporting_currency
)

select * from final
{%- endif %}
