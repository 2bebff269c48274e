-- What was given back of each order, as displayed: of a line first its goods, then its delivery; what no line is named for
-- by itself. A refund that failed gave nothing back.
with refunds as (
    select * from {{ ref('stg_ebay__refunds') }}
),

line_refunds as (
    select * from {{ ref('stg_ebay__line_refunds') }}
),

lines as (
    select * from {{ ref('ebay__line_amounts') }}
),

orders as (
    select * from {{ ref('stg_ebay__orders') }}
),

of_lines as (
    select
        line_refunds.tenant_id,
        line_refunds.connection_id,
        line_refunds.order_id,
        line_refunds.line_item_id,
        line_refunds.refund_index,
        line_refunds.refund_id,
        line_refunds.refunded_at,
        line_refunds.amount,
        line_refunds.synced_at,
        coalesce(
            sum(line_refunds.amount) over (
                partition by line_refunds.tenant_id, line_refunds.connection_id, line_refunds.line_item_id
                order by line_refunds.refunded_at, line_refunds.refund_index
                rows between unbounded preceding and 1 preceding
            ),
            0
        ) as before
    from line_refunds
    left join refunds
        on line_refunds.tenant_id = refunds.tenant_id
        and line_refunds.connection_id = refunds.connection_id
        and line_refunds.order_id = refunds.order_id
        and line_refunds.refund_id = refunds.refund_id
        and refunds.status = 'FAILED'
    where refunds.refund_id is null
),

of_goods as (
    select
        of_lines.*,
        lines.item_id,
        lines.variant,
        lines.quantity,
        lines.displayed_net,
        lines.currency,
        lines.vat_rate,
        least(of_lines.amount, greatest(lines.displayed_net - of_lines.before, 0)) as goods
    from of_lines
    inner join lines
        on of_lines.tenant_id = lines.tenant_id
        and of_lines.connection_id = lines.connection_id
        and of_lines.line_item_id = lines.line_item_id
),

named as (
    select
        tenant_id,
        connection_id,
        order_id,
        refund_id,
        sum(amount) as amount
    from of_lines
    group by tenant_id, connection_id, order_id, refund_id
),

of_orders as (
    select
        refunds.tenant_id,
        refunds.connection_id,
        refunds.order_id,
        refunds.refund_index,
        refunds.refunded_at,
        refunds.synced_at,
        orders.currency,
        coalesce(orders.vat_rate, 0) as vat_rate,
        refunds.amount - coalesce(named.amount, 0) as amount
    from refunds
    inner join orders
        on refunds.tenant_id = orders.tenant_id
        and refunds.connection_id = orders.connection_id
        and refunds.order_id = orders.order_id
    left join named
        on refunds.tenant_id = named.tenant_id
        and refunds.connection_id = named.connection_id
        and refunds.order_id = named.order_id
        and refunds.refund_id = named.refund_id
    where coalesce(refunds.status, '') <> 'FAILED'
),

final as (
    select
        tenant_id,
        connection_id,
        order_id,
        line_item_id || '/return/' || refund_index as event_id,
        'product' as line_type,
        line_item_id,
        item_id,
        variant,
        -- eBay does not say what came back, only the money: all of a line at once is all of its pieces.
        case when goods = displayed_net then quantity else 0 end as quantity,
        refunded_at,
        cast(goods as {{ contract_type('money') }}) as amount,
        currency,
        vat_rate,
        synced_at
    from of_goods
    where goods <> 0
    union all
    select
        tenant_id,
        connection_id,
        order_id,
        line_item_id || '/shipping/' || refund_index as event_id,
        'shipping' as line_type,
        null as line_item_id,
        null as item_id,
        null as variant,
        0 as quantity,
        refunded_at,
        cast(amount - goods as {{ contract_type('money') }}) as amount,
        currency,
        vat_rate,
        synced_at
    from of_goods
    where amount <> goods
    union all
    select
        tenant_id,
        connection_id,
        order_id,
        order_id || '/return/' || refund_index as event_id,
        'adjustment' as line_type,
        null as line_item_id,
        null as item_id,
        null as variant,
        0 as quantity,
        refunded_at,
        cast(amount as {{ contract_type('money') }}) as amount,
        currency,
        vat_rate,
        synced_at
    from of_orders
    where amount <> 0
)

select * from final
