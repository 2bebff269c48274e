with products as (
    select * from {{ ref('magento__known_products') }}
    where parent_id is null
),

places as (
    select * from {{ ref('stg_magento__product_categories') }}
),

categories as (
    select * from {{ ref('stg_magento__categories') }}
    where level >= 2
),

-- The category that is deepest in the tree says most of what a product is.
named as (
    select
        places.tenant_id,
        places.connection_id,
        places.product_id,
        categories.name,
        row_number() over (
            partition by places.tenant_id, places.connection_id, places.product_id
            order by categories.level desc, places.category_index asc, places.category_id asc
        ) as place
    from places
    inner join categories
        on places.tenant_id = categories.tenant_id
        and places.connection_id = categories.connection_id
        and places.category_id = categories.category_id
),

final as (
    select
        products.tenant_id,
        products.connection_id,
        'magento' as source,
        {{ record_id('products.product_id', 'products.connection_id') }} as product_id,
        products.product_id as source_product_id,
        products.name as title,
        products.vendor,
        named.name as product_type,
        case when products.status = 1 then 'active' else 'archived' end as status,
        products.created_at,
        products.updated_at,
        products.is_deleted,
        products.synced_at
    from products
    left join named
        on products.tenant_id = named.tenant_id
        and products.connection_id = named.connection_id
        and products.product_id = named.product_id
        and named.place = 1
)

select {{ conform('products') }} from final
