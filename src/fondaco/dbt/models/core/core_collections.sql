with recursive collections as (
    select united.*
    from (
{{ unite('collections') }}
    ) as united
),

named as (
    select
        *,
        coalesce(title, handle, source_collection_id) as own_name
    from collections
),

-- From the top down. What hangs below itself, or below one that nobody tells of, is a top of its own.
paths as (
    select
        named.tenant_id,
        named.collection_id,
        cast(named.own_name as {{ contract_type('text') }}) as path,
        1 as level
    from named
    left join collections as parents
        on named.parent_collection_id = parents.collection_id
        and named.tenant_id = parents.tenant_id
    where parents.collection_id is null
    union all
    select
        named.tenant_id,
        named.collection_id,
        cast(paths.path || ' > ' || named.own_name as {{ contract_type('text') }}) as path,
        paths.level + 1 as level
    from named
    inner join paths
        on named.parent_collection_id = paths.collection_id
        and named.tenant_id = paths.tenant_id
),

placed as (
    select
        named.*,
        coalesce(paths.path, named.own_name) as path,
        coalesce(paths.level, 1) as level
    from named
    left join paths
        on named.collection_id = paths.collection_id
        and named.tenant_id = paths.tenant_id
),

counted as (
    select
        *,
        count(*) over (partition by tenant_id, connection_id, path) as of_that_path
    from placed
),

final as (
    select
        tenant_id,
        collection_id,
        connection_id,
        source,
        source_collection_id,
        parent_collection_id,
        title,
        handle,
        -- A shop may give several collections one name: their addresses tell them apart.
        case
            when of_that_path > 1 then path || ' (' || coalesce(handle, source_collection_id) || ')' else path
        end as collection_title,
        cast(level as bigint) as level,
        synced_at
    from counted
)

select * from final
