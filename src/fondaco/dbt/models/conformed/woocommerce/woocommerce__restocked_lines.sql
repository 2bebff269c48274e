{#- What refunds put back into stock: one row for each line of a refund with pieces. WooCommerce tells it of the order's
    line, for all refunds together, and only of products whose stock it keeps; the oldest refund takes its part first. -#}
with refund_lines as (
    select * from {{ ref('stg_woocommerce__refund_lines') }}
    where quantity < 0
),

refunds as (
    select * from {{ ref('woocommerce__known_refunds') }}
),

orders as (
    select * from {{ ref('stg_woocommerce__orders') }}
),

order_lines as (
    select * from {{ ref('stg_woocommerce__order_lines') }}
),

-- What an order said before the refund was made says nothing of it.
told as (
    select
        refund_lines.tenant_id,
        refund_lines.connection_id,
        refund_lines.refund_id,
        refund_lines.line_id,
        refunds.order_id,
        refund_lines.refunded_item_id,
        refunds.created_at,
        -refund_lines.quantity as units,
        case
            when orders.modified_at < refunds.created_at then null
            when order_lines.restocked is not null then order_lines.restocked
            when order_lines.reduced_stock > 0 then 0
        end as line_restocked,
        greatest(
            refund_lines.synced_at,
            refunds.synced_at,
            orders.synced_at,
            coalesce(order_lines.synced_at, orders.synced_at)
        ) as synced_at
    from refund_lines
    inner join refunds
        on refund_lines.tenant_id = refunds.tenant_id
        and refund_lines.connection_id = refunds.connection_id
        and refund_lines.refund_id = refunds.refund_id
    inner join orders
        on refunds.tenant_id = orders.tenant_id
        and refunds.connection_id = orders.connection_id
        and refunds.order_id = orders.order_id
    left join order_lines
        on refunds.tenant_id = order_lines.tenant_id
        and refunds.connection_id = order_lines.connection_id
        and refunds.order_id = order_lines.order_id
        and refund_lines.refunded_item_id = order_lines.line_id
),

running as (
    select
        *,
        coalesce(sum(units) over (
            partition by tenant_id, connection_id, order_id, refunded_item_id
            order by created_at, refund_id, line_id
            rows between unbounded preceding and 1 preceding
        ), 0) as units_before
    from told
),

final as (
    select
        tenant_id,
        connection_id,
        refund_id,
        line_id,
        case
            when line_restocked <= units_before then 0
            when line_restocked >= units_before + units then units
            else line_restocked - units_before
        end as units_restocked,
        synced_at
    from running
)

select * from final
