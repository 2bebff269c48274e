with united as (
{{ unite('locations') }}
),

connections as (
    select * from {{ ref('core_connections') }}
),

named as (
    select
        united.tenant_id,
        united.connection_id,
        united.source,
        united.location_id,
        united.source_location_id,
        coalesce(united.name, connections.name) as name,
        coalesce(connections.name, united.connection_id) as connection_name,
        united.country,
        united.synced_at,
        united.source = 'files' as is_declared
    from united
    left join connections
        on united.connection_id = connections.connection_id
        and united.tenant_id = connections.tenant_id
),

told as (
    select
        tenant_id,
        lower(name) as word
    from named
    where not is_declared
    union
    select
        tenant_id,
        lower(connection_name || '/' || name) as word
    from named
    where not is_declared
),

-- A sheet that speaks of a location of a shop makes no second one.
final as (
    select named.*
    from named
    left join told
        on lower(named.name) = told.word
        and named.tenant_id = told.tenant_id
    where not named.is_declared or told.word is null
)

select * from final
