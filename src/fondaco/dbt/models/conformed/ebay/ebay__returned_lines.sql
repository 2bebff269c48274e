-- Refunds of lines that have happened: eBay dates a refund when it is issued, and says of a whole one only that it failed.
with line_refunds as (
    select * from {{ ref('stg_ebay__line_refunds') }}
    where refunded_at is not null
),

failed as (
    select distinct
        tenant_id,
        connection_id,
        order_id,
        refund_id
    from {{ ref('stg_ebay__refunds') }}
    where status = 'FAILED' and refund_id is not null
),

final as (
    select
        line_refunds.tenant_id,
        line_refunds.connection_id,
        line_refunds.order_id,
        line_refunds.line_item_id,
        line_refunds.refund_index,
        line_refunds.refunded_at,
        line_refunds.amount,
        line_refunds.synced_at
    from line_refunds
    left join failed
        on line_refunds.tenant_id = failed.tenant_id
        and line_refunds.connection_id = failed.connection_id
        and line_refunds.order_id = failed.order_id
        and line_refunds.refund_id = failed.refund_id
    where failed.refund_id is null and line_refunds.amount <> 0
)

select * from final
