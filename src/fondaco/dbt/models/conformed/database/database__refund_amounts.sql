{#- What a refund gives back beside its lines: shipping, and a rest. Of a refund that tells nothing but its amount, goods,
    shipping and tax come back as the order had them. -#}
with refunds as (
    select * from {{ ref('database__known_refunds') }}
),

orders as (
    select
        *,
        gross_sales - discounts as goods,
        gross_sales - discounts + goods_taxes + shipping + shipping_taxes as whole
    from {{ ref('database__order_amounts') }}
),

returned as (
    select
        tenant_id,
        connection_id,
        refund_id,
        sum(returns) as returns,
        sum(taxes) as taxes,
        max(synced_at) as synced_at
    from {{ ref('database__returned_lines') }}
    group by tenant_id, connection_id, refund_id
),

joined as (
    select
        refunds.tenant_id,
        refunds.connection_id,
        refunds.record,
        refunds.order_id,
        refunds.refunded_at,
        refunds.currency,
        refunds.reason,
        coalesce(returned.returns, 0) as line_returns,
        coalesce(returned.taxes, 0) as line_taxes,
        refunds.tax,
        coalesce(
            refunds.amount, coalesce(returned.returns, 0) + coalesce(returned.taxes, 0) + coalesce(refunds.shipping, 0)
        ) as amount,
        coalesce(refunds.shipping, 0) as shown_shipping,
        coalesce(
            refunds.shipping_tax,
            case
                when orders.shipping + orders.shipping_taxes <> 0
                    then cast(
                        cast(coalesce(refunds.shipping, 0) as decimal(38, 6)) * orders.shipping_taxes
                        / (orders.shipping + orders.shipping_taxes) as decimal(38, 2)
                    )
            end,
            0
        ) as shown_shipping_taxes,
        returned.refund_id is null and refunds.shipping is null and refunds.tax is null and orders.whole > 0 as is_bare,
        case
            when orders.whole > 0
                then cast(cast(refunds.amount as decimal(38, 6)) * orders.shipping / orders.whole as decimal(38, 2))
        end as shipping_share,
        case
            when orders.whole > 0
                then cast(cast(refunds.amount as decimal(38, 6)) * orders.shipping_taxes / orders.whole as decimal(38, 2))
        end as shipping_tax_share,
        case
            when orders.whole > 0
                then cast(cast(refunds.amount as decimal(38, 6)) * orders.goods_taxes / orders.whole as decimal(38, 2))
        end as tax_share,
        greatest(refunds.synced_at, orders.synced_at, coalesce(returned.synced_at, refunds.synced_at)) as synced_at
    from refunds
    inner join orders
        on refunds.tenant_id = orders.tenant_id
        and refunds.connection_id = orders.connection_id
        and refunds.order_id = orders.order_id
    left join returned
        on refunds.tenant_id = returned.tenant_id
        and refunds.connection_id = returned.connection_id
        and refunds.refund_id = returned.refund_id
),

split as (
    select
        *,
        case when is_bare then shipping_share else shown_shipping - shown_shipping_taxes end as shipping,
        case when is_bare then shipping_tax_share else shown_shipping_taxes end as shipping_taxes,
        case
            when is_bare then tax_share
            when tax is null then 0
            else tax - line_taxes - shown_shipping_taxes
        end as rest_taxes
    from joined
),

final as (
    select
        tenant_id,
        connection_id,
        record,
        order_id,
        refunded_at,
        currency,
        reason,
        cast(amount as {{ contract_type('money') }}) as amount,
        cast(shipping as {{ contract_type('money') }}) as shipping,
        cast(shipping_taxes as {{ contract_type('money') }}) as shipping_taxes,
        cast(rest_taxes as {{ contract_type('money') }}) as rest_taxes,
        cast(
            amount - line_returns - line_taxes - shipping - shipping_taxes - rest_taxes as {{ contract_type('money') }}
        ) as rest,
        synced_at
    from split
)

select * from final
