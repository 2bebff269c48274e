with disputes as (
    select * from {{ ref('stg_shopify__disputes') }}
),

final as (
    select
        tenant_id,
        connection_id,
        'shopify' as source,
        {{ record_id('dispute_id') }} as dispute_id,
        {{ record_id('order_id') }} as order_id,
        lower(type) as kind,
        -- A dispute that the shop accepts is lost without a word.
        case status
            when 'NEEDS_RESPONSE' then 'open'
            when 'ACCEPTED' then 'lost'
            when 'CHARGE_REFUNDED' then 'lost'
            else lower(status)
        end as status,
        lower(replace(reason, '_', ' ')) as reason,
        initiated_at,
        evidence_due_by as due_at,
        finalized_on as finalized_at,
        amount,
        currency,
        synced_at
    from disputes
)

select {{ conform('disputes') }} from final
