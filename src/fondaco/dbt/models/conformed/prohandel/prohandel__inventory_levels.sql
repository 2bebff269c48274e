with levels as (
    select * from {{ ref('stg_prohandel__inventory') }}
),

branches as (
    select * from {{ ref('stg_prohandel__branches') }}
),

final as (
    select
        levels.tenant_id,
        levels.connection_id,
        'prohandel' as source,
        levels.connection_id || ':' || levels.branch_number || '/' || levels.article_number || '/'
        || levels.article_size_number as inventory_level_id,
        {{ record_id("levels.article_number || '/' || levels.article_size_number", 'levels.connection_id') }} as variant_id,
        {{ record_id('levels.branch_number', 'levels.connection_id') }} as location_id,
        coalesce(branches.name, 'Branch ' || levels.branch_number) as location_name,
        levels.quantity - coalesce(levels.reserved, 0) as available,
        levels.quantity as on_hand,
        levels.reserved as committed,
        cast(null as {{ contract_type('bigint') }}) as incoming,
        coalesce(levels.changed_at, levels.synced_at) as updated_at,
        greatest(levels.synced_at, coalesce(branches.synced_at, levels.synced_at)) as synced_at
    from levels
    left join branches
        on levels.tenant_id = branches.tenant_id
        and levels.connection_id = branches.connection_id
        and levels.branch_number = branches.branch_number
    where levels.quantity is not null
)

select {{ conform('inventory_levels') }} from final
