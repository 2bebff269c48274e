{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='append_new_columns',
    pre_hook="{{ forget_changed('core_mart_changes') }}"
) }}

-- One row per discount of an order: a code that was used at two values is one row with their sum.
with order_discounts as (
    select * from {{ ref('core_order_discounts') }}
    {{ only_changed('core_mart_changes') }}
),

orders as (
    select * from {{ ref('core_orders') }}
),

rates as (
    select * from {{ ref('core_exchange_rates_daily') }}
),

summed as (
    select
        tenant_id,
        order_id,
        connection_id,
        source,
        upper(trim(code)) as code,
        case when code is null then coalesce(title, '') end as title,
        min(discount_type) as discount_type,
        min(order_discount_id) as order_discount_id,
        currency,
        sum(amount) as amount
    from order_discounts
    group by
        tenant_id, order_id, connection_id, source, upper(trim(code)),
        case when code is null then coalesce(title, '') end, currency
),

final as (
    select
        summed.tenant_id,
        summed.order_discount_id,
        summed.order_id,
        summed.connection_id,
        summed.source,
        orders.order_date,
        summed.code,
        summed.title,
        summed.discount_type,
        rates.reporting_currency as currency,
        {{ converted('summed.amount', 'rates.exchange_rate') }} as amount,
        summed.currency as shop_currency,
        rates.exchange_rate,
        cast(summed.amount as {{ contract_type('money') }}) as shop_amount
    from summed
    inner join orders
        on summed.order_id = orders.order_id
        and summed.tenant_id = orders.tenant_id
    left join rates
        on orders.order_date = rates.rate_date
        and summed.currency = rates.currency
        and summed.tenant_id = rates.tenant_id
    where orders.is_counted
)

select * from final
