with inventory_levels as (
    select * from {{ ref('core_inventory_levels') }}
),

variants as (
    select * from {{ ref('core_variants') }}
),

products as (
    select * from {{ ref('core_products') }}
),

final as (
    select
        inventory_levels.tenant_id,
        inventory_levels.inventory_level_id,
        inventory_levels.connection_id,
        inventory_levels.source,
        inventory_levels.variant_id,
        variants.product_id,
        variants.sku,
        products.title as product_title,
        variants.title as variant_title,
        inventory_levels.location_id,
        inventory_levels.location_name,
        inventory_levels.available,
        inventory_levels.on_hand,
        inventory_levels.committed,
        inventory_levels.incoming,
        variants.unit_cost as shop_unit_cost,
        cast(inventory_levels.on_hand * variants.unit_cost as {{ contract_type('money') }}) as shop_stock_value,
        variants.currency as shop_currency,
        inventory_levels.updated_at
    from inventory_levels
    left join variants
        on inventory_levels.variant_id = variants.variant_id
        and inventory_levels.tenant_id = variants.tenant_id
    left join products
        on variants.product_id = products.product_id
        and variants.tenant_id = products.tenant_id
    -- What a shop no longer has is no stock, whatever was left of it.
    where not coalesce(variants.is_deleted, false) and not coalesce(products.is_deleted, false)
)

select * from final
