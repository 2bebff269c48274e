{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='append_new_columns',
    pre_hook="{{ forget_changed('core_mart_changes') }}"
) }}

with refunds as (
    select * from {{ ref('core_refunds') }}
    {{ only_changed('core_mart_changes') }}
),

order_persons as (
    select * from {{ ref('core_order_persons') }}
),

rates as (
    select * from {{ ref('core_exchange_rates_daily') }}
),

final as (
    select
        refunds.tenant_id,
        refunds.refund_id,
        refunds.order_id,
        refunds.connection_id,
        refunds.source,
        order_persons.person_id,
        order_persons.customer_type,
        refunds.refunded_at,
        refunds.refunded_date,
        refunds.order_date,
        refunds.country,
        refunds.channel,
        refunds.reason,
        rates.reporting_currency as currency,
        {{ converted('refunds.amount', 'rates.exchange_rate') }} as amount,
        refunds.currency as shop_currency,
        rates.exchange_rate,
        refunds.amount as shop_amount
    from refunds
    inner join order_persons
        on refunds.order_id = order_persons.order_id
        and refunds.tenant_id = order_persons.tenant_id
    left join rates
        on refunds.refunded_date = rates.rate_date
        and refunds.currency = rates.currency
        and refunds.tenant_id = rates.tenant_id
    where refunds.is_counted
)

select * from final
