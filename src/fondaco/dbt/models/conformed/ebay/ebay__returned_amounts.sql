-- What was given back of each order, as displayed: of a line first its goods, then its delivery; by itself where no line of
-- the order tells of it.
with refunds as (
    select * from {{ ref('ebay__refund_amounts') }}
    where not is_of_lines
),

line_refunds as (
    select * from {{ ref('ebay__returned_lines') }}
),

lines as (
    select * from {{ ref('ebay__line_amounts') }}
),

orders as (
    select * from {{ ref('stg_ebay__orders') }}
),

of_lines as (
    select
        *,
        coalesce(
            sum(amount) over (
                partition by tenant_id, connection_id, line_item_id
                order by refunded_at, refund_index
                rows between unbounded preceding and 1 preceding
            ),
            0
        ) as before
    from line_refunds
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

of_orders as (
    select
        refunds.tenant_id,
        refunds.connection_id,
        refunds.order_id,
        refunds.refund_index,
        refunds.refunded_at,
        refunds.amount,
        refunds.currency,
        refunds.synced_at,
        coalesce(orders.vat_rate, 0) as vat_rate
    from refunds
    inner join orders
        on refunds.tenant_id = orders.tenant_id
        and refunds.connection_id = orders.connection_id
        and refunds.order_id = orders.order_id
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
)

select * from final
