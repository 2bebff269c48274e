with variants as (
    select * from {{ ref('stg_shopify__variants') }}
),

inventory_items as (
    select * from {{ ref('stg_shopify__inventory_items') }}
),

connections as (
    select * from {{ ref('stg_shopify__connections') }}
),

deletions as (
    select * from {{ ref('stg_shopify__tombstones') }}
    where stream = 'products'
),

final as (
    select
        variants.tenant_id,
        variants.connection_id,
        'shopify' as source,
        {{ record_id('variants.variant_id', 'variants.connection_id') }} as variant_id,
        {{ record_id('variants.product_id', 'variants.connection_id') }} as product_id,
        variants.variant_id as source_variant_id,
        variants.sku,
        variants.barcode,
        variants.title,
        variants.price,
        inventory_items.unit_cost,
        -- Prices carry no currency at Shopify: they are in the shop's.
        coalesce(connections.currency, inventory_items.unit_cost_currency) as currency,
        variants.updated_at,
        deletions.record_id is not null as is_deleted,
        greatest(
            variants.synced_at,
            coalesce(inventory_items.synced_at, variants.synced_at),
            coalesce(deletions.synced_at, variants.synced_at)
        ) as synced_at
    from variants
    left join inventory_items
        on variants.tenant_id = inventory_items.tenant_id
        and variants.connection_id = inventory_items.connection_id
        and variants.inventory_item_id = inventory_items.inventory_item_id
    left join connections
        on variants.tenant_id = connections.tenant_id
        and variants.connection_id = connections.connection_id
    left join deletions
        on variants.tenant_id = deletions.tenant_id
        and variants.connection_id = deletions.connection_id
        and variants.product_id = deletions.record_id
        and variants.synced_at <= deletions.synced_at
)

select {{ conform('variants') }} from final
