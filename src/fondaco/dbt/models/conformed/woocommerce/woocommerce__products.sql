with products as (
    select * from {{ ref('stg_woocommerce__products') }}
),

deletions as (
    select * from {{ ref('stg_woocommerce__tombstones') }}
    where stream = 'products'
),

final as (
    select
        products.tenant_id,
        products.connection_id,
        'woocommerce' as source,
        {{ record_id('products.product_id', 'products.connection_id') }} as product_id,
        products.product_id as source_product_id,
        products.name as title,
        products.brand as vendor,
        products.category as product_type,
        case
            when products.status = 'publish' then 'active'
            when products.status in ('private', 'trash') then 'archived'
            else 'draft'
        end as status,
        products.created_at,
        products.modified_at as updated_at,
        products.status = 'trash' or deletions.record_id is not null as is_deleted,
        greatest(products.synced_at, coalesce(deletions.synced_at, products.synced_at)) as synced_at
    from products
    left join deletions
        on products.tenant_id = deletions.tenant_id
        and products.connection_id = deletions.connection_id
        and products.product_id = deletions.record_id
        and products.synced_at <= deletions.synced_at
)

select {{ conform('products') }} from final
