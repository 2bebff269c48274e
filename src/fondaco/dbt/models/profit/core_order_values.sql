{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='append_new_columns',
    pre_hook="{{ forget_changed('core_mart_changes') }}"
) }}

-- One row per counted order: what it is worth where orders share a cost, and what has to be packed and sent.
with events as (
    select * from {{ ref('core_sales_events') }}
    {{ only_changed('core_mart_changes') }}
),

orders as (
    select * from {{ ref('core_orders') }}
    {{ only_changed('core_mart_changes') }}
),

rates as (
    select * from {{ ref('core_exchange_rates_daily') }}
),

order_persons as (
    select * from {{ ref('core_order_persons') }}
),

summed as (
    select
        tenant_id,
        order_id,
        sum(
            case when event_type = 'order' and line_type = 'product' then gross_sales - discounts else 0 end
        ) as placed_value,
        sum(case when event_type <> 'return' and line_type = 'product' then quantity else 0 end) as units
    from events
    where is_counted
    group by tenant_id, order_id
),

final as (
    select
        orders.tenant_id,
        orders.order_id,
        orders.connection_id,
        {{ place_key('orders') }} as place_key,
        orders.channel,
        orders.order_date,
        orders.is_cancelled,
        orders.weight_grams,
        summed.order_id is not null and order_persons.order_sequence is not null as bears_marketing,
        cast(coalesce(summed.units, 0) as bigint) as units,
        {{ weight_of('cast(coalesce(summed.placed_value, 0) as double precision) * coalesce(rates.exchange_rate, 1)') }}
            as value_weight
    from orders
    inner join order_persons
        on orders.order_id = order_persons.order_id
        and orders.tenant_id = order_persons.tenant_id
    left join summed
        on orders.order_id = summed.order_id
        and orders.tenant_id = summed.tenant_id
    left join rates
        on orders.currency = rates.currency
        and orders.order_date = rates.rate_date
        and orders.tenant_id = rates.tenant_id
    where orders.is_counted
)

select * from final
