{#- What of a refund's lines is on the shelf: one row for each refund and order line. A refund may name a line twice, once
    for what was shipped and once for what was not. -#}
with refund_lines as (
    select * from {{ ref('stg_shopify__refund_lines') }}
),

-- Goods of a return are put back by the return, not by its refund, which then says NO_RESTOCK whatever became of them. The
-- return may be read only with a scope of its own, so its order leaves that untold.
orders_with_return as (
    select * from {{ ref('stg_shopify__orders') }}
    where return_status <> 'NO_RETURN'
),

told as (
    select
        refund_lines.tenant_id,
        refund_lines.connection_id,
        refund_lines.refund_id,
        refund_lines.line_id,
        case
            when refund_lines.is_restocked or refund_lines.restock_type in ('RETURN', 'CANCEL', 'LEGACY_RESTOCK')
                then refund_lines.quantity
            when refund_lines.restock_type = 'NO_RESTOCK' and orders_with_return.order_id is null then 0
        end as units_restocked,
        greatest(refund_lines.synced_at, coalesce(orders_with_return.synced_at, refund_lines.synced_at)) as synced_at
    from refund_lines
    left join orders_with_return
        on refund_lines.tenant_id = orders_with_return.tenant_id
        and refund_lines.connection_id = orders_with_return.connection_id
        and refund_lines.order_id = orders_with_return.order_id
),

final as (
    select
        tenant_id,
        connection_id,
        refund_id,
        line_id,
        case when count(units_restocked) = count(*) then sum(units_restocked) end as units_restocked,
        max(synced_at) as synced_at
    from told
    group by tenant_id, connection_id, refund_id, line_id
)

select * from final
