{#- Each order's totals before tax, in cents, and what stands on none of its lines: a discount on the total, a rounded
    cent. -#}
with orders as (
    select * from {{ ref('stg_commercetools__orders') }}
),

several as (
    select
        tenant_id,
        connection_id,
        order_id,
        sum(coalesce(net_cents, discounted_cents, price_cents)) as net_cents,
        sum(coalesce(gross_cents - net_cents, 0)) as tax_cents
    from {{ ref('stg_commercetools__order_shippings') }}
    group by tenant_id, connection_id, order_id
),

lines as (
    select
        tenant_id,
        connection_id,
        order_id,
        sum(line_net_cents) as net_cents,
        sum(line_tax_cents) as tax_cents
    from {{ ref('commercetools__line_amounts') }}
    group by tenant_id, connection_id, order_id
),

custom_lines as (
    select
        tenant_id,
        connection_id,
        order_id,
        sum(coalesce(net_cents, total_cents)) as net_cents,
        sum(coalesce(gross_cents - net_cents, 0)) as tax_cents
    from {{ ref('stg_commercetools__custom_lines') }}
    group by tenant_id, connection_id, order_id
),

joined as (
    select
        orders.tenant_id,
        orders.connection_id,
        orders.order_id,
        orders.currency,
        orders.fraction_digits,
        coalesce(orders.completed_at, orders.created_at) as ordered_at,
        orders.discount_cents is not null as has_total_discount,
        coalesce(orders.net_cents, orders.total_cents) as net_cents,
        coalesce(orders.gross_cents - orders.net_cents, 0) as tax_cents,
        coalesce(
            several.net_cents,
            orders.shipping_net_cents,
            orders.shipping_discounted_cents,
            orders.shipping_cents,
            0
        ) as shipping_net_cents,
        coalesce(several.tax_cents, orders.shipping_gross_cents - orders.shipping_net_cents, 0) as shipping_tax_cents,
        coalesce(lines.net_cents, 0) + coalesce(custom_lines.net_cents, 0) as goods_net_cents,
        coalesce(lines.tax_cents, 0) + coalesce(custom_lines.tax_cents, 0) as goods_tax_cents,
        orders.synced_at
    from orders
    left join several
        on orders.tenant_id = several.tenant_id
        and orders.connection_id = several.connection_id
        and orders.order_id = several.order_id
    left join lines
        on orders.tenant_id = lines.tenant_id
        and orders.connection_id = lines.connection_id
        and orders.order_id = lines.order_id
    left join custom_lines
        on orders.tenant_id = custom_lines.tenant_id
        and orders.connection_id = custom_lines.connection_id
        and orders.order_id = custom_lines.order_id
),

final as (
    select
        *,
        net_cents - goods_net_cents - shipping_net_cents as rest_net_cents,
        tax_cents - goods_tax_cents - shipping_tax_cents as rest_tax_cents
    from joined
)

select * from final
