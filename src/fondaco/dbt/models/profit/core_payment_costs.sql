-- What gateways took for each order on each day: what they tell, else what the cost sheet says of them (of money that came
-- in: it is not given back with a refund). A chargeback is money that a bank took back.
-- Nobody keeps anything of a gift card, of cash or of a transfer unless an entry names it.
with payments as (
    select
        tenant_id,
        connection_id,
        order_id,
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

entries as (
    select * from {{ ref('core_cost_entries') }}
    where kind = 'payment_fee'
),

rates as (
    select * from {{ ref('core_exchange_rates_daily') }}
),

kinds as (
    select distinct
        tenant_id,
        connection_id,
        gateway,
        country,
        processed_date
    from payments
    where fee is null and received > 0
),

matching as (
    select
        kinds.*,
        entries.rate,
        {{ converted('entries.amount', 'rates.exchange_rate') }} as amount,
        row_number() over (
            partition by kinds.tenant_id, kinds.connection_id, kinds.gateway, kinds.country, kinds.processed_date
            order by
                case when entries.connection_id is null then 1 else 0 end,
                case when entries.item is null then 1 else 0 end,
                case when entries.country is null then 1 else 0 end,
                coalesce(entries.valid_from, {{ first_day() }}) desc,
                entries.entry_id
        ) as place
    from kinds
    inner join entries
        on kinds.tenant_id = entries.tenant_id
        and (entries.connection_id is null or kinds.connection_id = entries.connection_id)
        and (entries.country is null or kinds.country = entries.country)
        and (kinds.gateway = lower(entries.item) or (entries.item is null and kinds.gateway not in ({{ own_gateways() }})))
        and {{ holds_on('entries', 'kinds.processed_date') }}
    left join rates
        on entries.currency = rates.currency
        and kinds.processed_date = rates.rate_date
        and kinds.tenant_id = rates.tenant_id
),

charged as (
    select
        payments.tenant_id,
        payments.order_id,
        payments.processed_date,
        payments.fee,
        case
            when payments.fee is null and payments.received > 0
                then cast(
                    coalesce(matching.amount, 0)
                    + cast(
                        cast(payments.amount as decimal(38, 6)) * coalesce(matching.rate, 0) as {{ contract_type('money') }}
                    )
                    as {{ contract_type('money') }}
                )
            else 0
        end as assumed_fee,
        case when payments.kind = 'chargeback' then -payments.received else 0 end as chargeback
    from payments
    left join matching
        on payments.tenant_id = matching.tenant_id
        and payments.connection_id = matching.connection_id
        and payments.gateway = matching.gateway
        and payments.country = matching.country
        and payments.processed_date = matching.processed_date
        and matching.place = 1
),

summed as (
    select
        tenant_id,
        order_id,
        processed_date,
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
