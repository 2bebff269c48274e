{#- The items of an order that count, each once. What is chosen of a configurable product stands in an item of
    its own without money, and its product in another with it; a bundle has its price either by itself or in its
    parts. Amounts are before tax: what Magento calls discount tax compensation is the tax in a discount that
    was taken off prices with tax. -#}
with items as (
    select * from {{ ref('stg_magento__order_items') }}
),

parents_of_products as (
    select
        tenant_id,
        connection_id,
        child_id,
        min(product_id) as product_id
    from {{ ref('stg_magento__product_children') }}
    group by tenant_id, connection_id, child_id
),

below as (
    select
        tenant_id,
        connection_id,
        order_id,
        parent_item_id,
        min(product_id) as product_id,
        max(case when row_total <> 0 then 1 else 0 end) as has_money
    from items
    where parent_item_id is not null
    group by tenant_id, connection_id, order_id, parent_item_id
),

-- Each product of an order with what stands below it.
heads as (
    select
        items.tenant_id,
        items.connection_id,
        items.order_id,
        items.item_id,
        case when items.product_type = 'configurable' then below.product_id end as chosen_product_id,
        items.product_type = 'bundle' and coalesce(below.has_money, 0) = 1 as is_sum_of_parts
    from items
    left join below
        on items.tenant_id = below.tenant_id
        and items.connection_id = below.connection_id
        and items.order_id = below.order_id
        and items.item_id = below.parent_item_id
),

counted as (
    select
        items.*,
        own.chosen_product_id
    from items
    inner join heads as own
        on items.tenant_id = own.tenant_id
        and items.connection_id = own.connection_id
        and items.order_id = own.order_id
        and items.item_id = own.item_id
    left join heads as above
        on items.tenant_id = above.tenant_id
        and items.connection_id = above.connection_id
        and items.order_id = above.order_id
        and items.parent_item_id = above.item_id
    where not own.is_sum_of_parts and (above.item_id is null or above.is_sum_of_parts)
),

final as (
    select
        counted.tenant_id,
        counted.connection_id,
        counted.order_id,
        counted.item_id,
        case
            when counted.product_type = 'configurable' then counted.product_id
            else coalesce(parents_of_products.product_id, counted.product_id)
        end as product_id,
        coalesce(counted.chosen_product_id, counted.product_id) as variant_id,
        nullif(counted.sku, '') as sku,
        counted.name,
        coalesce(counted.product_type, 'simple') = 'giftcard' as is_gift_card,
        coalesce(counted.is_virtual, false) as is_virtual,
        -- Goods by the metre are pieces too, each begun one a whole.
        ceil(counted.qty_ordered) as quantity,
        counted.qty_ordered,
        coalesce(counted.qty_canceled, 0) as qty_canceled,
        coalesce(counted.qty_shipped, 0) as qty_shipped,
        coalesce(counted.qty_refunded, 0) as qty_refunded,
        counted.price,
        counted.price_incl_tax,
        counted.original_price,
        coalesce(counted.row_total, 0) as gross_sales,
        coalesce(counted.discount_amount, 0) - coalesce(counted.discount_tax_compensation_amount, 0) as discounts,
        coalesce(counted.tax_amount, 0) as taxes,
        coalesce(counted.fixed_tax_amount, 0) as fixed_taxes,
        counted.synced_at
    from counted
    left join parents_of_products
        on counted.tenant_id = parents_of_products.tenant_id
        and counted.connection_id = parents_of_products.connection_id
        and counted.product_id = parents_of_products.child_id
)

select * from final
