{{ config(tags=['profit']) }}

-- What each gateway took of the money that came in through it. Fees of refunds and chargebacks are no price of a payment.
with payments as (
    select
        tenant_id,
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

charged as (
    select
        payments.*,
        payments.gateway not in ({{ own_gateways() }}) as is_provider,
        payments.fee is null and gateway_fees.entry_id is null as is_untold,
        case
            when payments.fee is null
                then cast(
                    coalesce(gateway_fees.amount, 0)
                    + coalesce({{ rated('payments.received', 'gateway_fees.rate') }}, 0)
                    as {{ contract_type('money') }}
                )
            else 0
        end as assumed_fee
    from payments
    left join gateway_fees
        on payments.tenant_id = gateway_fees.tenant_id
        and payments.connection_id = gateway_fees.connection_id
        and payments.gateway = gateway_fees.gateway
        and payments.country = gateway_fees.country
        and payments.processed_date = gateway_fees.processed_date
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
