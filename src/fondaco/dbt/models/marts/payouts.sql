-- What was paid into the bank, and what it is made of. All amounts of a payout are in its own currency: the bank's.
with payouts as (
    select * from {{ ref('core_payouts') }}
),

entries as (
    select * from {{ ref('core_payout_entries') }}
),

summed as (
    select
        tenant_id,
        payout_id,
        cast(count(*) as bigint) as entries,
        cast(count(distinct order_id) as bigint) as orders,
        sum(case when kind = 'payment' then amount else 0 end) as payments,
        sum(case when kind = 'refund' then amount else 0 end) as refunds,
        sum(case when kind = 'chargeback' then amount else 0 end) as chargebacks,
        sum(case when kind not in ('payment', 'refund', 'chargeback') then amount else 0 end) as others,
        sum(fee) as fees,
        sum(net) as net
    from entries
    where payout_id is not null
    group by tenant_id, payout_id
),

-- Since when the movements of a shop are known, and up to when they were read.
known as (
    select
        tenant_id,
        connection_id,
        min(happened_at) as known_since,
        max(synced_at) as known_until
    from entries
    group by tenant_id, connection_id
),

joined as (
    select
        payouts.tenant_id,
        payouts.payout_id,
        payouts.connection_id,
        payouts.source,
        payouts.source_payout_id,
        payouts.reference,
        payouts.status,
        payouts.issued_at,
        payouts.issued_date,
        payouts.currency,
        payouts.amount,
        coalesce(summed.entries, 0) as entries,
        coalesce(summed.orders, 0) as orders,
        cast(coalesce(summed.payments, 0) as {{ contract_type('money') }}) as payments,
        cast(coalesce(summed.refunds, 0) as {{ contract_type('money') }}) as refunds,
        cast(coalesce(summed.chargebacks, 0) as {{ contract_type('money') }}) as chargebacks,
        cast(coalesce(summed.others, 0) as {{ contract_type('money') }}) as others,
        cast(coalesce(summed.fees, 0) as {{ contract_type('money') }}) as fees,
        cast(payouts.amount - coalesce(summed.net, 0) as {{ contract_type('money') }}) as unexplained,
        -- Of the first payouts the oldest movements are not known, of the newest not yet which payout they are part of.
        coalesce(
            payouts.issued_at > known.known_since + interval '35' day
            and payouts.issued_at < known.known_until - interval '3' day
            and payouts.status = 'paid',
            false
        ) as is_settled
    from payouts
    left join summed
        on payouts.payout_id = summed.payout_id
        and payouts.tenant_id = summed.tenant_id
    left join known
        on payouts.connection_id = known.connection_id
        and payouts.tenant_id = known.tenant_id
),

final as (
    select * from joined
)

select * from final
order by issued_date
