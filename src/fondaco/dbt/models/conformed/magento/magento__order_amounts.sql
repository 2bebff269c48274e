{#- What an order is made of beside its lines, before tax, in the currency of the website's books; and what its
    totals hold beyond all parts: cents rounded on the whole order, and whatever an extension wrote into the
    totals alone. -#}
with orders as (
    select * from {{ ref('stg_magento__orders') }}
),

lines as (
    select
        tenant_id,
        connection_id,
        order_id,
        sum(gross_sales - discounts) as goods,
        sum(taxes) as taxes,
        sum(fixed_taxes) as fixed_taxes
    from {{ ref('magento__lines') }}
    group by tenant_id, connection_id, order_id
),

parts as (
    select
        orders.tenant_id,
        orders.connection_id,
        orders.order_id,
        orders.grand_total
        + coalesce(orders.customer_balance_amount, 0)
        + coalesce(orders.gift_cards_amount, 0)
        + coalesce(orders.reward_currency_amount, 0) as total,
        coalesce(orders.tax_amount, 0) as tax_total,
        coalesce(lines.goods, 0) as goods,
        coalesce(lines.taxes, 0) as line_taxes,
        coalesce(lines.fixed_taxes, 0) as fixed_taxes,
        coalesce(orders.shipping_amount, 0)
        - coalesce(orders.shipping_discount_amount, 0)
        + coalesce(orders.shipping_discount_tax_compensation, 0) as shipping,
        coalesce(orders.shipping_amount, 0) as full_shipping,
        coalesce(orders.shipping_tax_amount, 0) as shipping_taxes,
        coalesce(orders.shipping_canceled, 0) as shipping_canceled,
        coalesce(orders.wrapping_amount, 0) as wrapping,
        coalesce(orders.wrapping_tax_amount, 0) as wrapping_taxes,
        orders.synced_at
    from orders
    left join lines
        on orders.tenant_id = lines.tenant_id
        and orders.connection_id = lines.connection_id
        and orders.order_id = lines.order_id
),

final as (
    select
        *,
        tax_total - line_taxes - shipping_taxes - wrapping_taxes as rest_taxes,
        total - goods - fixed_taxes - shipping - wrapping - tax_total as rest
    from parts
)

select * from final
