-- What was given back, by transaction and item. Amazon does not say how many pieces came back: those whose whole price did.
with booked as (
    select * from {{ ref('amazon__booked') }}
    where lower(transaction_type) in ('refund', 'guaranteeclaim', 'chargeback') and order_id is not null and part <> 'fee'
),

items as (
    select * from {{ ref('stg_amazon__order_items') }}
),

line_amounts as (
    select * from {{ ref('amazon__line_amounts') }}
),

summed as (
    select
        tenant_id,
        connection_id,
        transaction_id,
        coalesce(item, -1) as item,
        min(order_id) as order_id,
        min(order_item_id) as order_item_id,
        min(posted_at) as refunded_at,
        min(currency) as currency,
        -sum(case when part = 'goods' then amount else 0 end) as returns,
        sum(case when part = 'shipping' then amount else 0 end) as shipping,
        sum(case when part = 'tax' then amount else 0 end) as taxes,
        sum(case when part = 'shipping_tax' then amount else 0 end) as shipping_tax,
        max(synced_at) as synced_at
    from booked
    where part <> 'withheld'
    group by tenant_id, connection_id, transaction_id, coalesce(item, -1)
),

final as (
    select
        summed.*,
        items.asin,
        items.sku,
        case
            when line_amounts.gross_sales - line_amounts.discounts > 0
                then cast(
                    greatest(
                        least(
                            items.quantity,
                            floor(
                                cast(summed.returns as double precision) * items.quantity
                                / cast(line_amounts.gross_sales - line_amounts.discounts as double precision) + 0.001
                            )
                        ),
                        -items.quantity
                    ) as bigint
                )
            else 0
        end as units
    from summed
    left join items
        on summed.tenant_id = items.tenant_id
        and summed.connection_id = items.connection_id
        and summed.order_id = items.order_id
        and summed.order_item_id = items.order_item_id
    left join line_amounts
        on summed.tenant_id = line_amounts.tenant_id
        and summed.connection_id = line_amounts.connection_id
        and summed.order_id = line_amounts.order_id
        and summed.order_item_id = line_amounts.order_item_id
)

select * from final
