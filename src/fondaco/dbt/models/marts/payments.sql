{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='append_new_columns',
    pre_hook="{{ forget_changed('core_mart_changes') }}"
) }}

with payments as not materialized (
    select * from {{ ref('core_payments') }}
    {{ only_changed('core_mart_changes') }}
),

order_persons as (
    select * from {{ ref('core_order_persons') }}
),

rates as (
    select * from {{ ref('core_exchange_rates_daily') }}
),

-- A capture that hangs on a sale repeats it, since a sale is authorisation and capture in one.
repeats as (
    select
        captures.tenant_id,
        captures.payment_id
    from payments as captures
    inner join {{ ref('core_payments') }} as sales
        on captures.parent_payment_id = sales.payment_id
        and captures.tenant_id = sales.tenant_id
    where captures.kind = 'capture' and sales.kind = 'sale' and sales.status = 'success'
),

-- An authorisation reserves money and a void lets it go: neither moves any.
signed as (
    select
        payments.*,
        case
            when payments.status <> 'success' or repeats.payment_id is not null then 0
            when payments.kind in ('sale', 'capture') then 1
            when payments.kind in ('refund', 'chargeback') then -1
            else 0
        end as direction
    from payments
    left join repeats
        on payments.payment_id = repeats.payment_id
        and payments.tenant_id = repeats.tenant_id
),

valued as (
    select
        signed.tenant_id,
        signed.payment_id,
        signed.order_id,
        signed.parent_payment_id,
        signed.connection_id,
        signed.source,
        order_persons.person_id,
        order_persons.customer_type,
        signed.kind,
        signed.status,
        signed.gateway,
        signed.processed_at,
        signed.processed_date,
        signed.order_date,
        signed.country,
        signed.channel,
        rates.reporting_currency as currency,
        signed.direction,
        {{ converted('signed.amount', 'rates.exchange_rate') }} as amount,
        case when signed.status = 'success'
            then {{ converted('signed.fee', 'rates.exchange_rate') }}
        end as fee,
        signed.currency as shop_currency,
        rates.exchange_rate,
        signed.amount as shop_amount
    from signed
    inner join order_persons
        on signed.order_id = order_persons.order_id
        and signed.tenant_id = order_persons.tenant_id
    left join rates
        on signed.processed_date = rates.rate_date
        and signed.currency = rates.currency
        and signed.tenant_id = rates.tenant_id
    where signed.is_counted and not coalesce(signed.is_test, false)
),

final as (
    select
        tenant_id,
        payment_id,
        order_id,
        parent_payment_id,
        connection_id,
        source,
        person_id,
        customer_type,
        kind,
        status,
        gateway,
        processed_at,
        processed_date,
        order_date,
        country,
        channel,
        currency,
        amount,
        cast(direction * amount as {{ contract_type('money') }}) as received,
        fee,
        shop_currency,
        exchange_rate,
        shop_amount,
        cast(direction * shop_amount as {{ contract_type('money') }}) as shop_received
    from valued
)

select * from final
