with members as (
    select * from {{ ref('core_product_collections') }}
),

collections as (
    select * from {{ ref('core_collections') }}
),

final as (
    select
        members.tenant_id,
        members.product_id,
        members.collection_id,
        members.connection_id,
        members.source,
        collections.collection_title,
        members.is_direct
    from members
    inner join collections
        on members.collection_id = collections.collection_id
        and members.tenant_id = collections.tenant_id
)

select * from final
