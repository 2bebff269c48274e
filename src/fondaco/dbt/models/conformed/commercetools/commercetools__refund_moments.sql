{#- Money given back: one row for each order and instant, with how much of it is goods that came back, and what the rest
    is. -#}
with refunds as (
    select * from {{ ref('commercetools__movements') }}
    where type = 'Refund' and state = 'Success' and not is_deleted
),

order_amounts as (
    select * from {{ ref('commercetools__order_amounts') }}
),

moments as (
    select
        tenant_id,
        connection_id,
        order_id,
        happened_at as refunded_at,
        min(transaction_id) as refund_id,
        min(refunds_without_return) as refunds_without_return,
        sum(amount_cents) as amount_cents,
        max(synced_at) as synced_at
    from refunds
    group by tenant_id, connection_id, order_id, happened_at
),

goods as (
    select
        tenant_id,
        connection_id,
        order_id,
        refunded_at,
        sum(net_cents) as net_cents,
        sum(tax_cents) as tax_cents
    from {{ ref('commercetools__returned_lines') }}
    group by tenant_id, connection_id, order_id, refunded_at
),

joined as (
    select
        moments.tenant_id,
        moments.connection_id,
        moments.order_id,
        moments.refunded_at,
        moments.refund_id,
        moments.amount_cents,
        order_amounts.currency,
        order_amounts.fraction_digits,
        order_amounts.net_cents + order_amounts.tax_cents as order_cents,
        order_amounts.tax_cents as order_tax_cents,
        order_amounts.shipping_net_cents,
        order_amounts.shipping_tax_cents,
        goods.order_id is not null as has_goods,
        coalesce(goods.net_cents, 0) as goods_net_cents,
        coalesce(goods.tax_cents, 0) as goods_tax_cents,
        moments.amount_cents - coalesce(goods.net_cents, 0) - coalesce(goods.tax_cents, 0) as rest_cents,
        moments.refunds_without_return = 'taxed' and goods.order_id is null as is_taxed,
        sum(moments.amount_cents) over (
            partition by moments.tenant_id, moments.connection_id, moments.order_id
            order by moments.refunded_at
            rows between unbounded preceding and current row
        ) as refunded_cents,
        greatest(moments.synced_at, order_amounts.synced_at) as synced_at
    from moments
    inner join order_amounts
        on moments.tenant_id = order_amounts.tenant_id
        and moments.connection_id = order_amounts.connection_id
        and moments.order_id = order_amounts.order_id
    left join goods
        on moments.tenant_id = goods.tenant_id
        and moments.connection_id = goods.connection_id
        and moments.order_id = goods.order_id
        and moments.refunded_at = goods.refunded_at
),

judged as (
    select
        *,
        not has_goods and refunded_cents >= order_cents as is_settling,
        shipping_net_cents + shipping_tax_cents > 0
        and rest_cents = shipping_net_cents + shipping_tax_cents
        and (has_goods or refunded_cents < order_cents) as is_like_shipping
    from joined
),

-- The shipping charge goes back once.
placed as (
    select
        *,
        is_like_shipping
        and row_number() over (
            partition by tenant_id, connection_id, order_id, is_like_shipping
            order by refunded_at
        ) = 1 as is_shipping
    from judged
),

split as (
    select
        *,
        case when is_shipping then shipping_net_cents else 0 end as rest_shipping_cents,
        case
            when is_settling then 0
            when is_shipping then shipping_tax_cents
            when is_taxed
                then coalesce({{ share_of('amount_cents', 'order_tax_cents', 'order_cents', half_up=true) }}, 0)
            else 0
        end as rest_tax_cents
    from placed
),

-- What settles the order takes what all before it left.
settled as (
    select
        *,
        case
            when is_settling
                then order_tax_cents - sum(goods_tax_cents + rest_tax_cents) over so_far
            else rest_tax_cents
        end as final_tax_cents,
        case
            when is_settling then shipping_net_cents - sum(rest_shipping_cents) over so_far
            else rest_shipping_cents
        end as final_shipping_cents,
        max(synced_at) over so_far as newest_synced_at
    from split
    window so_far as (
        partition by tenant_id, connection_id, order_id
        order by refunded_at
        rows between unbounded preceding and current row
    )
),

final as (
    select
        tenant_id,
        connection_id,
        order_id,
        refunded_at,
        refund_id,
        currency,
        fraction_digits,
        amount_cents,
        rest_cents,
        final_shipping_cents as shipping_cents,
        final_tax_cents as tax_cents,
        rest_cents - final_shipping_cents - final_tax_cents as return_cents,
        newest_synced_at as synced_at
    from settled
)

select * from final
