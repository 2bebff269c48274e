{#- What an order has beside its lines: shipping, fees, and what its totals tell that nothing in it explains. -#}
with orders as (
    select * from {{ ref('database__known_orders') }}
),

goods as (
    select
        tenant_id,
        connection_id,
        order_id,
        sum(gross_sales) as gross_sales,
        sum(discounts) as discounts,
        sum(taxes) as taxes,
        max(unspread_discount) as rest_discounts,
        max(synced_at) as synced_at
    from {{ ref('database__lines') }}
    group by tenant_id, connection_id, order_id
),

joined as (
    select
        orders.tenant_id,
        orders.connection_id,
        orders.order_id,
        orders.ordered_at,
        orders.currency,
        orders.prices_include_tax,
        orders.shipping as shown_shipping,
        orders.fees,
        orders.tax is not null as is_taxed,
        coalesce(goods.gross_sales, 0) as gross_sales,
        coalesce(goods.discounts, 0) as discounts,
        coalesce(goods.taxes, 0) as goods_taxes,
        coalesce(goods.rest_discounts, 0) as rest_discounts,
        coalesce(orders.tax, 0) - coalesce(goods.taxes, 0) as taxes_left,
        orders.shipping_tax,
        greatest(orders.synced_at, coalesce(goods.synced_at, orders.synced_at)) as synced_at
    from orders
    left join goods
        on orders.tenant_id = goods.tenant_id
        and orders.connection_id = goods.connection_id
        and orders.order_id = goods.order_id
),

shipped as (
    select
        *,
        case
            when shipping_tax is not null then shipping_tax
            when shown_shipping > 0 and taxes_left > 0 then taxes_left
            else 0
        end as shipping_taxes
    from joined
),

final as (
    select
        tenant_id,
        connection_id,
        order_id,
        ordered_at,
        currency,
        gross_sales,
        discounts,
        goods_taxes,
        rest_discounts,
        cast(fees as {{ contract_type('money') }}) as fees,
        cast(
            shown_shipping - case when prices_include_tax then shipping_taxes else 0 end as {{ contract_type('money') }}
        ) as shipping,
        cast(shipping_taxes as {{ contract_type('money') }}) as shipping_taxes,
        cast(
            case when is_taxed then taxes_left - shipping_taxes else 0 end as {{ contract_type('money') }}
        ) as rest_taxes,
        synced_at
    from shipped
)

select * from final
