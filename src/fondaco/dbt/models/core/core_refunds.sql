{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='append_new_columns',
    pre_hook="{{ forget_changed('core_order_changes') }}"
) }}

with refunds as (
{{ unite('refunds') }}
),

orders as (
    select * from {{ ref('core_orders') }}
),

changed as (
    select * from refunds
    {{ only_changed('core_order_changes') }}
),

-- A row whose order has not arrived yet waits, uncounted, with days in UTC; it is built again when the order comes.
final as (
    select
        {% for column in var('conformed')['refunds'] %}changed.{{ column }},
        {% endfor -%}
        {{ local_date('changed.refunded_at', "coalesce(orders.time_zone, 'UTC')") }} as refunded_date,
        orders.ordered_at,
        orders.order_date,
        orders.country,
        orders.channel,
        coalesce(orders.is_counted, false) as is_counted
    from changed
    left join orders
        on changed.order_id = orders.order_id
        and changed.tenant_id = orders.tenant_id
)

select * from final
