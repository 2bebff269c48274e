with levels as (
    select * from {{ ref('stg_database__stock_levels') }}
),

locations as (
    select * from {{ ref('stg_database__locations') }}
),

final as (
    select
        levels.tenant_id,
        levels.connection_id,
        'database' as source,
        {{ record_id("levels.location_id || '/' || levels.variant_id", 'levels.connection_id') }} as inventory_level_id,
        {{ record_id('levels.variant_id', 'levels.connection_id') }} as variant_id,
        {{ record_id('levels.location_id', 'levels.connection_id') }} as location_id,
        coalesce(locations.name, levels.location_id) as location_name,
        coalesce(levels.available, levels.on_hand - coalesce(levels.committed, 0)) as available,
        coalesce(levels.on_hand, levels.available + coalesce(levels.committed, 0)) as on_hand,
        levels.committed,
        levels.incoming,
        coalesce(levels.updated_at, levels.synced_at) as updated_at,
        greatest(levels.synced_at, coalesce(locations.synced_at, levels.synced_at)) as synced_at
    from levels
    left join locations
        on levels.tenant_id = locations.tenant_id
        and levels.connection_id = locations.connection_id
        and levels.location_id = locations.location_id
)

select {{ conform('inventory_levels') }} from final
