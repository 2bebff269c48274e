{#- What a refund gave back beyond its lines. A sum without lines that settles the whole order takes what is left of tax and
    shipping; any other sum is a return of goods without tax. So does WooCommerce Analytics (since 10.2; the second refund of
    two takes only what the first left since 11.1). -#}
with refunds as (
    select * from {{ ref('woocommerce__known_refunds') }}
    where not is_deleted
),

orders as (
    select * from {{ ref('stg_woocommerce__orders') }}
),

parts as (
    select
        tenant_id,
        connection_id,
        refund_id,
        -(total + coalesce(total_tax, 0)) as amount,
        0 as shipping,
        -coalesce(total_tax, 0) as taxes
    from {{ ref('stg_woocommerce__refund_lines') }}
    union all
    select
        tenant_id,
        connection_id,
        refund_id,
        -(total + coalesce(total_tax, 0)) as amount,
        0 as shipping,
        -coalesce(total_tax, 0) as taxes
    from {{ ref('stg_woocommerce__refund_fee_lines') }}
    union all
    select
        tenant_id,
        connection_id,
        refund_id,
        -(total + coalesce(total_tax, 0)) as amount,
        -total as shipping,
        -coalesce(total_tax, 0) as taxes
    from {{ ref('stg_woocommerce__refund_shipping_lines') }}
),

summed as (
    select
        tenant_id,
        connection_id,
        refund_id,
        sum(amount) as amount,
        sum(shipping) as shipping,
        sum(taxes) as taxes
    from parts
    group by tenant_id, connection_id, refund_id
),

joined as (
    select
        refunds.tenant_id,
        refunds.connection_id,
        refunds.refund_id,
        refunds.order_id,
        refunds.created_at,
        refunds.refund_type,
        refunds.amount,
        orders.currency,
        orders.total as order_total,
        orders.total_tax as order_taxes,
        orders.shipping_total as order_shipping,
        summed.refund_id is null as is_one_sum,
        coalesce(summed.amount, 0) as line_amount,
        coalesce(summed.shipping, 0) as line_shipping,
        coalesce(summed.taxes, 0) as line_taxes,
        greatest(refunds.synced_at, orders.synced_at) as synced_at
    from refunds
    inner join orders
        on refunds.tenant_id = orders.tenant_id
        and refunds.connection_id = orders.connection_id
        and refunds.order_id = orders.order_id
    left join summed
        on refunds.tenant_id = summed.tenant_id
        and refunds.connection_id = summed.connection_id
        and refunds.refund_id = summed.refund_id
),

in_sequence as (
    select
        *,
        sum(amount) over so_far as refunded,
        sum(line_shipping) over so_far as shipping_back,
        sum(line_taxes) over so_far as taxes_back,
        max(synced_at) over so_far as newest_synced_at
    from joined
    window so_far as (
        partition by tenant_id, connection_id, order_id
        order by created_at, refund_id
        rows between unbounded preceding and current row
    )
),

split as (
    select
        *,
        is_one_sum and (refund_type = 'full' or refunded >= order_total) as is_settling
    from in_sequence
),

rests as (
    select
        tenant_id,
        connection_id,
        refund_id,
        order_id,
        created_at,
        currency,
        amount - line_amount as amount,
        case when is_settling then order_shipping - shipping_back else 0 end as shipping,
        case when is_settling then order_taxes - taxes_back else 0 end as taxes,
        newest_synced_at as synced_at
    from split
),

final as (
    select
        *,
        amount - shipping - taxes as returns
    from rests
    where amount <> 0
)

select * from final
