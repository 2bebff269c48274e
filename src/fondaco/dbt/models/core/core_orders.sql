{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='append_new_columns',
    pre_hook="{{ forget_changed('core_order_changes') }}"
) }}

with orders as (
{{ unite('orders') }}
),

connections as (
    select * from {{ ref('core_connections') }}
),

changed as (
    select * from orders
    {{ only_changed('core_order_changes') }}
),

final as (
    select
        {% for column in var('conformed')['orders'] %}changed.{{ column }},
        {% endfor -%}
        {{ local_date('changed.ordered_at', "coalesce(connections.time_zone, 'UTC')") }} as order_date,
        {{ local_hour('changed.ordered_at', "coalesce(connections.time_zone, 'UTC')") }} as order_hour,
        coalesce(changed.counts_in_sales, false) as is_counted,
        coalesce(connections.time_zone, 'UTC') as time_zone,
        coalesce(connections.reporting_currency, changed.currency) as reporting_currency
    from changed
    left join connections
        on changed.connection_id = connections.connection_id
        and changed.tenant_id = connections.tenant_id
)

select * from final
