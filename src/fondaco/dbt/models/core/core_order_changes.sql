-- Orders of which anything differs from what the last whole build had seen: one row per order. A whole build needs none.
{%- set anew = builds_anew() %}
{%- set states = state_of('order_states') %}
{%- set united = {} %}
{%- for entity in order_entities() %}{% do united.update({entity: unite(entity)}) %}{% endfor %}
{%- set connections = ref('core_connections') %}

{% if anew or states is none -%}
select
    cast(null as {{ contract_type('text') }}) as tenant_id,
    cast(null as {{ contract_type('text') }}) as order_id
where false
{%- else -%}
with
{%- for entity in order_entities() %}
{{ entity }}_rows as (
{{ united[entity] }}
),

{{ entity }}_now as (
    select
        tenant_id,
        order_id,
        cast(count(*) as bigint) as row_count,
        max(synced_at) as synced_at
    from {{ entity }}_rows
    group by tenant_id, order_id
),

{{ entity }}_diff as (
    select
        coalesce({{ entity }}_now.tenant_id, states.tenant_id) as tenant_id,
        coalesce({{ entity }}_now.order_id, states.order_id) as order_id
    from {{ entity }}_now
    full outer join (
        select * from {{ states }}
        where {{ entity }}_rows > 0
    ) as states
        on {{ entity }}_now.order_id = states.order_id
        and {{ entity }}_now.tenant_id = states.tenant_id
    where
        {{ entity }}_now.row_count is distinct from states.{{ entity }}_rows
        or {{ entity }}_now.synced_at is distinct from states.{{ entity }}_synced_at
),
{% endfor %}
-- A shop whose time zone or reporting currency was corrected is built anew.
settings_diff as (
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
),

final as (
    {%- for entity in order_entities() %}
    select tenant_id, order_id from {{ entity }}_diff
    union
    {%- endfor %}
    select tenant_id, order_id from settings_diff
)

select * from final
{%- endif %}
