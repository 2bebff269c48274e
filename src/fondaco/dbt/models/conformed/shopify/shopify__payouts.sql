with payouts as (
    select * from {{ ref('stg_shopify__payouts') }}
),

final as (
    select
        tenant_id,
        connection_id,
        'shopify' as source,
        {{ record_id('payout_id') }} as payout_id,
        payout_id as source_payout_id,
        trace_id as reference,
        case status
            when 'PAID' then 'paid'
            when 'FAILED' then 'failed'
            when 'CANCELED' then 'cancelled'
            else 'scheduled'
        end as status,
        issued_at,
        -- Shopify does not say which sign a withdrawal has; it always leaves the bank account.
        case when transaction_type = 'WITHDRAWAL' then -abs(net) else net end as amount,
        currency,
        synced_at
    from payouts
)

select {{ conform('payouts') }} from final
