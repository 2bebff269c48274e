-- What buyers got back, by refund. eBay tells each refund twice, mostly without an id in common: on the lines what the buyer
-- got, on the order what the seller bears, less fees given back. Lines count where any of the order tells of one; else the
-- order's, as the movement of the balance tells it before fees.
with lines as (
    select * from {{ ref('ebay__returned_lines') }}
),

orders as (
    select * from {{ ref('stg_ebay__orders') }}
),

by_lines as (
    select
        tenant_id,
        connection_id,
        order_id,
        refunded_at,
        row_number() over (partition by tenant_id, connection_id, order_id order by refunded_at) - 1 as refund_index,
        sum(amount) as amount,
        max(synced_at) as synced_at
    from lines
    group by tenant_id, connection_id, order_id, refunded_at
),

by_orders as (
    select
        *,
        row_number() over (
            partition by tenant_id, connection_id, order_id, currency, amount
            order by refunded_at, refund_index
        ) as place,
        count(*) over (partition by tenant_id, connection_id, order_id) as of_order
    from {{ ref('stg_ebay__refunds') }}
    where refunded_at is not null and coalesce(status, '') <> 'FAILED'
),

movements as (
    select
        *,
        case
            when coalesce(fee_currency, currency) = currency then coalesce(amount + fee, nullif(fee_basis, 0), amount)
            else nullif(fee_basis, 0)
        end as gross,
        coalesce(fee_currency, currency) as gross_currency,
        row_number() over (
            partition by tenant_id, connection_id, order_id, currency, amount
            order by happened_at, transaction_id
        ) as place,
        count(*) over (partition by tenant_id, connection_id, order_id) as of_order
    from {{ ref('stg_ebay__transactions') }}
    where
        transaction_type = 'REFUND'
        and booking_entry = 'DEBIT'
        and coalesce(status, '') <> 'FAILED'
),

told as (
    select distinct
        tenant_id,
        connection_id,
        order_id
    from by_lines
),

united as (
    select
        by_lines.tenant_id,
        by_lines.connection_id,
        by_lines.order_id,
        by_lines.refund_index,
        true as is_of_lines,
        by_lines.refunded_at,
        by_lines.amount,
        orders.currency,
        by_lines.synced_at
    from by_lines
    inner join orders
        on by_lines.tenant_id = orders.tenant_id
        and by_lines.connection_id = orders.connection_id
        and by_lines.order_id = orders.order_id
    union all
    select
        by_orders.tenant_id,
        by_orders.connection_id,
        by_orders.order_id,
        by_orders.refund_index,
        false as is_of_lines,
        by_orders.refunded_at,
        coalesce(movements.gross, by_orders.amount) as amount,
        case when movements.gross is null then by_orders.currency else movements.gross_currency end as currency,
        greatest(by_orders.synced_at, coalesce(movements.synced_at, by_orders.synced_at)) as synced_at
    from by_orders
    -- Both tell the same net amount. In another currency they do not: one refund and one movement belong together then.
    left join movements
        on by_orders.tenant_id = movements.tenant_id
        and by_orders.connection_id = movements.connection_id
        and by_orders.order_id = movements.order_id
        and (
            (
                by_orders.currency = movements.currency
                and by_orders.amount = movements.amount
                and by_orders.place = movements.place
            )
            or (by_orders.of_order = 1 and movements.of_order = 1)
        )
    left join told
        on by_orders.tenant_id = told.tenant_id
        and by_orders.connection_id = told.connection_id
        and by_orders.order_id = told.order_id
    where told.order_id is null
),

final as (
    select * from united
    where amount <> 0
)

select * from final
