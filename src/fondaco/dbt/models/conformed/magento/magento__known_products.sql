{#- Products, each with the configurable product that it is a variant of, and whether it was deleted. A variant
    of several belongs to the first. -#}
with products as (
    select * from {{ ref('stg_magento__products') }}
),

children as (
    select * from {{ ref('stg_magento__product_children') }}
),

deletions as (
    select * from {{ ref('stg_magento__tombstones') }}
    where stream = 'products'
),

known as (
    select
        products.*,
        deletions.record_id is not null as is_deleted,
        greatest(products.synced_at, coalesce(deletions.synced_at, products.synced_at)) as newest_synced_at
    from products
    left join deletions
        on products.tenant_id = deletions.tenant_id
        and products.connection_id = deletions.connection_id
        and products.product_id = deletions.record_id
        and products.synced_at <= deletions.synced_at
),

parents as (
    select
        children.tenant_id,
        children.connection_id,
        children.child_id,
        min(children.product_id) as parent_id
    from children
    inner join known
        on children.tenant_id = known.tenant_id
        and children.connection_id = known.connection_id
        and children.product_id = known.product_id
    where not known.is_deleted
    group by children.tenant_id, children.connection_id, children.child_id
),

final as (
    select
        known.tenant_id,
        known.connection_id,
        known.product_id,
        parents.parent_id,
        nullif(known.sku, '') as sku,
        known.name,
        known.type,
        known.status,
        known.vendor,
        known.barcode,
        known.price,
        known.special_price,
        known.special_from,
        known.special_until,
        known.unit_cost,
        known.created_at,
        known.updated_at,
        known.is_deleted,
        known.newest_synced_at as synced_at
    from known
    left join parents
        on known.tenant_id = parents.tenant_id
        and known.connection_id = parents.connection_id
        and known.product_id = parents.child_id
)

select * from final
