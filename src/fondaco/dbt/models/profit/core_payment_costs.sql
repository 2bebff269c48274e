-- What gateways took for each order on each day: what they tell, else what the cost sheet says of them (of money that came
-- in: it is not given back with a refund). A chargeback is money that a bank took back.
with payments as (
    select
        tenant_id,
        connection_id,
        order_id,
        order_date,
        processed_date,
        kind,
        amount,
        received,
        fee,
        lower(coalesce(gateway, '')) as gateway,
        coalesce(country, '') as country
    from {{ ref('payments') }}
    where received <> 0 or fee <> 0
),

gateway_fees as (
    select * from {{ ref('core_gateway_fees') }}
),

-- Orders of which a platform tells the payment fee apart from the payment.
told as (
    select distinct
        tenant_id,
        order_id
    from {{ ref('core_fees') }}
    where kind = 'payment' and order_id is not null
),

charged as (
    select
        payments.tenant_id,
        payments.order_id,
        payments.order_date,
        payments.processed_date,
        payments.fee,
        case
            when payments.fee is null and payments.received > 0 and told.order_id is null
                then cast(
                    coalesce(gateway_fees.amount, 0)
                    + coalesce({{ rated('payments.amount', 'gateway_fees.rate') }}, 0)
                    as {{ contract_type('money') }}
                )
            else 0
        end as assumed_fee,
        case when payments.kind = 'chargeback' then -payments.received else 0 end as chargeback
    from payments
    left join gateway_fees
        on payments.tenant_id = gateway_fees.tenant_id
        and payments.connection_id = gateway_fees.connection_id
        and payments.gateway = gateway_fees.gateway
        and payments.country = gateway_fees.country
        and payments.processed_date = gateway_fees.processed_date
    left join told
        on payments.tenant_id = told.tenant_id
        and payments.order_id = told.order_id
),

summed as (
    select
        tenant_id,
        order_id,
        processed_date,
        min(order_date) as order_date,
        {{ total('coalesce(fee, 0) + assumed_fee') }} as payment_costs,
        {{ total('assumed_fee') }} as assumed_payment_costs,
        {{ total('chargeback') }} as chargebacks
    from charged
    group by tenant_id, order_id, processed_date
),

final as (
    select * from summed
    where payment_costs <> 0 or chargebacks <> 0
)

select * from final
