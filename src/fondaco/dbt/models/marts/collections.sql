with collections as (
    select * from {{ ref('core_collections') }}
),

members as (
    select
        tenant_id,
        collection_id,
        count(*) as products
    from {{ ref('core_product_collections') }}
    group by tenant_id, collection_id
),

final as (
    select
        collections.tenant_id,
        collections.collection_id,
        collections.connection_id,
        collections.source,
        collections.source_collection_id,
        collections.parent_collection_id,
        collections.title,
        collections.collection_title,
        collections.level,
        cast(coalesce(members.products, 0) as bigint) as products
    from collections
    left join members
        on collections.collection_id = members.collection_id
        and collections.tenant_id = members.tenant_id
)

select * from final
