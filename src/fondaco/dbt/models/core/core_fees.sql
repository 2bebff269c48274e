{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='append_new_columns',
    pre_hook=["{{ forget_changed('core_order_changes') }}", "{{ forget_days() }}"]
) }}

with fees as (
{{ unite('fees') }}
),

orders as (
    select * from {{ ref('core_orders') }}
),

connections as (
    select * from {{ ref('core_connections') }}
),

-- Fees of the account are of no order that could have changed: they are read anew each time.
changed as (
    select * from fees
    {{ only_changed('core_order_changes') }}
    {%- if is_incremental() %} or order_id is null{% endif %}
),

-- A fee whose order has not arrived counts already: it was charged.
final as (
    select
        {% for column in var('conformed')['fees'] %}changed.{{ column }},
        {% endfor -%}
        {{ local_date('changed.charged_at', "coalesce(connections.time_zone, 'UTC')") }} as charged_date,
        orders.order_date,
        orders.country,
        orders.channel
    from changed
    left join connections
        on changed.connection_id = connections.connection_id
        and changed.tenant_id = connections.tenant_id
    left join orders
        on changed.order_id = orders.order_id
        and changed.tenant_id = orders.tenant_id
)

select * from final
