-- What a line was sold for, before tax: eBay tells prices as displayed, and no VAT. Tax that eBay collects and remits is
-- never the seller's and in none of these.
with lines as (
    select * from {{ ref('stg_ebay__order_lines') }}
),

orders as (
    select * from {{ ref('stg_ebay__orders') }}
),

taxes as (
    select
        tenant_id,
        connection_id,
        line_item_id,
        sum(amount) as amount
    from {{ ref('stg_ebay__line_taxes') }}
    group by tenant_id, connection_id, line_item_id
),

displayed as (
    select
        lines.tenant_id,
        lines.connection_id,
        lines.order_id,
        lines.line_item_id,
        lines.item_id,
        lines.sku,
        lines.title,
        lines.quantity,
        lines.cost,
        orders.created_at as ordered_at,
        {{ ebay_variant('lines') }} as variant,
        coalesce(orders.currency, lines.currency) as currency,
        coalesce(orders.vat_rate, 0) as vat_rate,
        lines.cost - coalesce(lines.discounted_cost, lines.cost) as discount,
        coalesce(lines.shipping_cost, 0) + coalesce(lines.handling_cost, 0) as shipping,
        coalesce(taxes.amount, 0) as charged_tax,
        greatest(lines.synced_at, orders.synced_at) as synced_at
    from lines
    inner join orders
        on lines.tenant_id = orders.tenant_id
        and lines.connection_id = orders.connection_id
        and lines.order_id = orders.order_id
    left join taxes
        on lines.tenant_id = taxes.tenant_id
        and lines.connection_id = taxes.connection_id
        and lines.line_item_id = taxes.line_item_id
),

taxed as (
    select
        displayed.*,
        {{ included_tax('cost', 'vat_rate') }} as cost_tax,
        {{ included_tax('discount', 'vat_rate') }} as discount_tax,
        {{ included_tax('shipping', 'vat_rate') }} as shipping_tax
    from displayed
),

final as (
    select
        tenant_id,
        connection_id,
        order_id,
        line_item_id,
        item_id,
        variant,
        sku,
        title,
        quantity,
        currency,
        vat_rate,
        ordered_at,
        cast(cost as {{ contract_type('money') }}) as displayed_cost,
        cast(cost - discount as {{ contract_type('money') }}) as displayed_net,
        cast(cost - cost_tax as {{ contract_type('money') }}) as gross_sales,
        cast(discount - discount_tax as {{ contract_type('money') }}) as discounts,
        cast(cost_tax - discount_tax + charged_tax as {{ contract_type('money') }}) as taxes,
        cast(shipping - shipping_tax as {{ contract_type('money') }}) as shipping,
        shipping_tax,
        synced_at
    from taxed
)

select * from final
