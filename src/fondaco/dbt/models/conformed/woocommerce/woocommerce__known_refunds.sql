{#- Refunds, with whether staff deleted them: the money never went back after all. Deletions are found by comparing ids; a
    refund that was read again after its deletion was found lives. -#}
with refunds as (
    select * from {{ ref('stg_woocommerce__refunds') }}
),

deletions as (
    select * from {{ ref('stg_woocommerce__tombstones') }}
    where stream = 'refunds'
),

final as (
    select
        refunds.tenant_id,
        refunds.connection_id,
        refunds.refund_id,
        refunds.order_id,
        refunds.reason,
        refunds.refund_type,
        refunds.amount,
        refunds.created_at,
        deletions.record_id is not null as is_deleted,
        greatest(refunds.synced_at, coalesce(deletions.synced_at, refunds.synced_at)) as synced_at
    from refunds
    left join deletions
        on refunds.tenant_id = deletions.tenant_id
        and refunds.connection_id = deletions.connection_id
        and refunds.refund_id = deletions.record_id
        and refunds.synced_at <= deletions.synced_at
)

select * from final
