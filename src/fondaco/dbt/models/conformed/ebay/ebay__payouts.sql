with payouts as (
    select * from {{ ref('stg_ebay__payouts') }}
),

final as (
    select
        tenant_id,
        connection_id,
        'ebay' as source,
        {{ record_id('payout_id') }} as payout_id,
        payout_id as source_payout_id,
        reference,
        case
            when status = 'SUCCEEDED' then 'paid'
            when status like '%FAILED' then 'failed'
            when status = 'REVERSED' then 'cancelled'
            else 'scheduled'
        end as status,
        paid_at as issued_at,
        amount,
        currency,
        synced_at
    from payouts
)

select {{ conform('payouts') }} from final
