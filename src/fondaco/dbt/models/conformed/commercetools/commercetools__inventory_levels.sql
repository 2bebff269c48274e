with inventory as (
    select * from {{ ref('stg_commercetools__inventory') }}
),

inventory_deletions as (
    select * from {{ ref('stg_commercetools__tombstones') }}
    where stream = 'inventory'
),

product_deletions as (
    select * from {{ ref('stg_commercetools__tombstones') }}
    where stream = 'products'
),

-- Stock is kept by SKU. Where two variants share one, the stock is shown at the first whose product is still there.
variants as (
    select
        variants.tenant_id,
        variants.connection_id,
        variants.sku,
        min(
            case
                when product_deletions.record_id is null
                    then variants.product_id || '/' || cast(variants.variant_number as {{ contract_type('text') }})
            end
        ) as source_variant_id
    from {{ ref('stg_commercetools__variants') }} as variants
    left join product_deletions
        on variants.tenant_id = product_deletions.tenant_id
        and variants.connection_id = product_deletions.connection_id
        and variants.product_id = product_deletions.record_id
        and variants.synced_at <= product_deletions.synced_at
    where variants.sku is not null
    group by variants.tenant_id, variants.connection_id, variants.sku
),

final as (
    select
        inventory.tenant_id,
        inventory.connection_id,
        'commercetools' as source,
        {{ record_id('inventory.inventory_id', 'inventory.connection_id') }} as inventory_level_id,
        {{ record_id('variants.source_variant_id', 'inventory.connection_id') }} as variant_id,
        {{ record_id("coalesce(inventory.channel_id, 'project')", 'inventory.connection_id') }} as location_id,
        inventory.channel_key as location_name,
        inventory.available,
        inventory.on_stock as on_hand,
        inventory.on_stock - inventory.available as committed,
        cast(null as {{ contract_type('bigint') }}) as incoming,
        inventory.modified_at as updated_at,
        inventory.synced_at
    from inventory
    left join variants
        on inventory.tenant_id = variants.tenant_id
        and inventory.connection_id = variants.connection_id
        and inventory.sku = variants.sku
    left join inventory_deletions
        on inventory.tenant_id = inventory_deletions.tenant_id
        and inventory.connection_id = inventory_deletions.connection_id
        and inventory.inventory_id = inventory_deletions.record_id
        and inventory.synced_at <= inventory_deletions.synced_at
    -- A SKU that no product ever had is stock all the same; one whose products were all deleted is not.
    where inventory_deletions.record_id is null and (variants.sku is null or variants.source_variant_id is not null)
)

select {{ conform('inventory_levels') }} from final
