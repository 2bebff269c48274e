{{ config(tags=['profit']) }}

-- What each gateway took of the money that came in through it. Fees of refunds and chargebacks are no price of a payment.
with payments as (
    select
        tenant_id,
        payment_id,
        order_id,
        connection_id,
        source,
        currency,
        processed_date,
        received,
        fee,
        lower(coalesce(gateway, '')) as gateway,
        coalesce(country, '') as country
    from {{ ref('payments') }}
    where received > 0
),

gateway_fees as (
    select * from {{ ref('core_gateway_fees') }}
),

-- A fee that a platform tells of an order, apart from its payments, is the first one's.
told as (
    select
        tenant_id,
        order_id,
        sum(amount) as fee
    from {{ ref('fees') }}
    where kind = 'payment' and amount > 0 and order_id is not null
    group by tenant_id, order_id
),

told_payments as (
    select
        payments.tenant_id,
        payments.order_id,
        min(payments.payment_id) as payment_id
    from payments
    inner join told
        on payments.order_id = told.order_id
        and payments.tenant_id = told.tenant_id
    group by payments.tenant_id, payments.order_id
),

priced as (
    select
        payments.tenant_id,
        payments.connection_id,
        payments.source,
        payments.currency,
        payments.processed_date,
        payments.received,
        payments.gateway,
        payments.country,
        case
            when told.order_id is null then payments.fee
            when payments.payment_id = told_payments.payment_id then coalesce(payments.fee, 0) + told.fee
            else coalesce(payments.fee, 0)
        end as fee
    from payments
    left join told
        on payments.order_id = told.order_id
        and payments.tenant_id = told.tenant_id
    left join told_payments
        on payments.order_id = told_payments.order_id
        and payments.tenant_id = told_payments.tenant_id
),

charged as (
    select
        priced.*,
        priced.gateway not in ({{ own_gateways() }}) as is_provider,
        priced.fee is null and gateway_fees.entry_id is null as is_untold,
        case
            when priced.fee is null
                then cast(
                    coalesce(gateway_fees.amount, 0)
                    + coalesce({{ rated('priced.received', 'gateway_fees.rate') }}, 0)
                    as {{ contract_type('money') }}
                )
            else 0
        end as assumed_fee
    from priced
    left join gateway_fees
        on priced.tenant_id = gateway_fees.tenant_id
        and priced.connection_id = gateway_fees.connection_id
        and priced.gateway = gateway_fees.gateway
        and priced.country = gateway_fees.country
        and priced.processed_date = gateway_fees.processed_date
),

final as (
    select
        tenant_id,
        processed_date,
        connection_id,
        source,
        gateway,
        is_provider,
        currency,
        cast(count(*) as bigint) as payments,
        {{ total('received') }} as received,
        {{ total('coalesce(fee, 0) + assumed_fee') }} as payment_costs,
        {{ total('assumed_fee') }} as assumed_payment_costs,
        cast(sum(case when is_provider and is_untold then 1 else 0 end) as bigint) as unpriced_payments,
        {{ total('case when is_provider and is_untold then received else 0 end') }} as unpriced_received
    from charged
    group by tenant_id, processed_date, connection_id, source, gateway, is_provider, currency
)

select * from final
order by processed_date
