{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='append_new_columns',
    pre_hook="{{ forget_changed('core_mart_changes') }}"
) }}

-- What this build has seen of each order; the next one compares with it. Written after every model that is built by it:
-- depends_on: {{ ref('orders') }}
-- depends_on: {{ ref('sales_ledger') }}
-- depends_on: {{ ref('refunds') }}
-- depends_on: {{ ref('payments') }}
-- depends_on: {{ ref('order_discounts') }}
-- depends_on: {{ ref('profit_ledger') }}
-- depends_on: {{ ref('core_unpublished_orders') }}
-- depends_on: {{ ref('core_sales_days') }}
-- depends_on: {{ ref('core_unpublished_days') }}
-- depends_on: {{ ref('product_sales_daily') }}
-- depends_on: {{ ref('core_stock_sales') }}
with seen as (
    {%- for entity, weight in order_entities().items() %}
    select
        tenant_id,
        order_id,
        {{ weight }} as weight,
        synced_at
    from {{ ref('core_' ~ entity) }}
    {{ only_changed('core_mart_changes') }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

counted as (
{{ order_checksums('seen') }}
),

orders as (
    select * from {{ ref('core_orders') }}
),

order_persons as (
    select * from {{ ref('core_order_persons') }}
),

connections as (
    select * from {{ ref('core_connections') }}
),

-- What belongs to an order that has not arrived has days too, by the shop that its id begins with.
final as (
    select
        counted.tenant_id,
        counted.order_id,
        counted.checksum,
        coalesce(orders.connection_id, connections.connection_id) as connection_id,
        coalesce(orders.time_zone, connections.time_zone) as time_zone,
        coalesce(orders.reporting_currency, connections.reporting_currency) as reporting_currency,
        order_persons.person_id,
        order_persons.order_sequence,
        orders.order_date
    from counted
    left join orders
        on counted.order_id = orders.order_id
        and counted.tenant_id = orders.tenant_id
    left join connections
        on case when orders.order_id is null then split_part(counted.order_id, ':', 1) end = connections.connection_id
        and counted.tenant_id = connections.tenant_id
    left join order_persons
        on counted.order_id = order_persons.order_id
        and counted.tenant_id = order_persons.tenant_id
)

select * from final
