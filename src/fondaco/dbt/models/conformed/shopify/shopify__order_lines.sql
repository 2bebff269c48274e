with order_lines as (
    select * from {{ ref('stg_shopify__order_lines') }}
),

orders as (
    select * from {{ ref('stg_shopify__orders') }}
),

-- What the ledger says of a line as it was placed: the order's own sales, or for a line that an edit added, the edit's.
placed as (
    select
        tenant_id,
        connection_id,
        line_id,
        max(case when action_type = 'ORDER' then 1 else 0 end) as is_in_order,
        sum(case when action_type = 'ORDER' then total_amount - tax + discount_before_taxes end) as order_gross,
        sum(case when action_type = 'ORDER' then discount_before_taxes end) as order_discounts,
        sum(case when action_type = 'ORDER' then tax end) as order_taxes,
        sum(case when action_type = 'UPDATE' and quantity > 0 then total_amount - tax + discount_before_taxes end)
            as edit_gross,
        sum(case when action_type = 'UPDATE' and quantity > 0 then discount_before_taxes end) as edit_discounts,
        sum(case when action_type = 'UPDATE' and quantity > 0 then tax end) as edit_taxes
    from {{ ref('stg_shopify__sales') }}
    where line_id is not null
    group by tenant_id, connection_id, line_id
),

allocations as (
    select
        tenant_id,
        connection_id,
        line_id,
        sum(amount) as amount
    from {{ ref('stg_shopify__order_line_discounts') }}
    group by tenant_id, connection_id, line_id
),

line_taxes as (
    select
        tenant_id,
        connection_id,
        line_id,
        sum(amount) as amount
    from {{ ref('stg_shopify__order_line_taxes') }}
    group by tenant_id, connection_id, line_id
),

joined as (
    select
        order_lines.*,
        orders.currency,
        coalesce(line_taxes.amount, 0) as line_tax,
        case when placed.is_in_order = 1 then placed.order_gross else placed.edit_gross end as ledger_gross,
        case when placed.is_in_order = 1 then placed.order_discounts else placed.edit_discounts end
            as ledger_discounts,
        case when placed.is_in_order = 1 then placed.order_taxes else placed.edit_taxes end as ledger_taxes,
        -- As displayed, and the share of what was displayed that is not tax.
        coalesce(allocations.amount, 0) as displayed_discount,
        case
            when orders.prices_include_tax
                then
                    1 - coalesce(line_taxes.amount, 0)
                    / nullif(order_lines.original_total - coalesce(allocations.amount, 0), 0)
            else 1
        end as net_share
    from order_lines
    left join orders
        on order_lines.tenant_id = orders.tenant_id
        and order_lines.connection_id = orders.connection_id
        and order_lines.order_id = orders.order_id
    left join placed
        on order_lines.tenant_id = placed.tenant_id
        and order_lines.connection_id = placed.connection_id
        and order_lines.line_id = placed.line_id
    left join allocations
        on order_lines.tenant_id = allocations.tenant_id
        and order_lines.connection_id = allocations.connection_id
        and order_lines.line_id = allocations.line_id
    left join line_taxes
        on order_lines.tenant_id = line_taxes.tenant_id
        and order_lines.connection_id = line_taxes.connection_id
        and order_lines.line_id = line_taxes.line_id
),

final as (
    select
        tenant_id,
        connection_id,
        'shopify' as source,
        {{ record_id('line_id') }} as order_line_id,
        {{ record_id('order_id') }} as order_id,
        {{ record_id('product_id') }} as product_id,
        {{ record_id('variant_id') }} as variant_id,
        sku,
        title,
        quantity,
        original_unit_price as unit_price,
        -- Before tax by the ledger; for a line that the ledger does not have yet, worked out from what was displayed.
        coalesce(ledger_gross, original_total * coalesce(net_share, 1)) as gross_sales,
        coalesce(ledger_discounts, displayed_discount * coalesce(net_share, 1)) as discounts,
        coalesce(ledger_taxes, line_tax) as taxes,
        currency,
        is_gift_card,
        synced_at
    from joined
)

select {{ conform('order_lines') }} from final
