with levels as (
    select * from {{ ref('stg_shopify__inventory_levels') }}
),

variants as (
    select * from {{ ref('stg_shopify__variants') }}
),

deletions as (
    select * from {{ ref('stg_shopify__tombstones') }}
    where stream = 'inventory_items'
),

quantities as (
    select
        tenant_id,
        connection_id,
        inventory_level_id,
        sum(case when name = 'available' then quantity end) as available,
        sum(case when name = 'on_hand' then quantity end) as on_hand,
        sum(case when name = 'committed' then quantity end) as committed,
        sum(case when name = 'incoming' then quantity end) as incoming,
        max(updated_at) as updated_at
    from {{ ref('stg_shopify__inventory_quantities') }}
    group by tenant_id, connection_id, inventory_level_id
),

final as (
    select
        levels.tenant_id,
        levels.connection_id,
        'shopify' as source,
        {{ record_id('levels.inventory_level_id', 'levels.connection_id') }} as inventory_level_id,
        {{ record_id('variants.variant_id', 'levels.connection_id') }} as variant_id,
        {{ record_id('levels.location_id', 'levels.connection_id') }} as location_id,
        levels.location_name,
        quantities.available,
        quantities.on_hand,
        quantities.committed,
        quantities.incoming,
        coalesce(quantities.updated_at, levels.updated_at) as updated_at,
        greatest(levels.synced_at, coalesce(variants.synced_at, levels.synced_at)) as synced_at
    from levels
    left join variants
        on levels.tenant_id = variants.tenant_id
        and levels.connection_id = variants.connection_id
        and levels.inventory_item_id = variants.inventory_item_id
    left join quantities
        on levels.tenant_id = quantities.tenant_id
        and levels.connection_id = quantities.connection_id
        and levels.inventory_level_id = quantities.inventory_level_id
    left join deletions
        on levels.tenant_id = deletions.tenant_id
        and levels.connection_id = deletions.connection_id
        and levels.inventory_item_id = deletions.record_id
        and levels.synced_at <= deletions.synced_at
    where deletions.record_id is null
)

select {{ conform('inventory_levels') }} from final
