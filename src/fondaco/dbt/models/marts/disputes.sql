with disputes as (
    select * from {{ ref('core_disputes') }}
),

final as (
    select
        tenant_id,
        dispute_id,
        order_id,
        connection_id,
        source,
        kind,
        status,
        reason,
        initiated_at,
        due_at,
        finalized_at,
        currency,
        amount
    from disputes
)

select * from final
order by initiated_at
