with recursive collections as (
    select
        tenant_id,
        collection_id,
        parent_collection_id
    from {{ ref('core_collections') }}
),

members as (
    select united.*
    from (
{{ unite('product_collections') }}
    ) as united
),

-- Each collection with all that stand above it. A union keeps no pair twice, so that a circle ends.
above as (
    select
        tenant_id,
        collection_id,
        collection_id as counted_id
    from collections
    union
    select
        above.tenant_id,
        above.collection_id,
        parents.collection_id as counted_id
    from above
    inner join collections as own
        on above.counted_id = own.collection_id
        and above.tenant_id = own.tenant_id
    inner join collections as parents
        on own.parent_collection_id = parents.collection_id
        and own.tenant_id = parents.tenant_id
),

final as (
    select
        members.tenant_id,
        members.product_id,
        above.counted_id as collection_id,
        members.connection_id,
        members.source,
        max(case when above.counted_id = members.collection_id then 1 else 0 end) = 1 as is_direct,
        max(members.synced_at) as synced_at
    from members
    inner join above
        on members.collection_id = above.collection_id
        and members.tenant_id = above.tenant_id
    group by members.tenant_id, members.product_id, above.counted_id, members.connection_id, members.source
)

select * from final
