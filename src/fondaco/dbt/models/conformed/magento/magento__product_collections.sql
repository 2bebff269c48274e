with places as (
    select * from {{ ref('stg_magento__product_categories') }}
),

categories as (
    select * from {{ ref('stg_magento__categories') }}
    where level >= 2
),

-- A variant counts where its product does.
products as (
    select * from {{ ref('magento__known_products') }}
    where parent_id is null
),

final as (
    select
        places.tenant_id,
        places.connection_id,
        'magento' as source,
        {{ record_id('places.product_id', 'places.connection_id') }} as product_id,
        {{ record_id('places.category_id', 'places.connection_id') }} as collection_id,
        places.synced_at
    from places
    inner join categories
        on places.tenant_id = categories.tenant_id
        and places.connection_id = categories.connection_id
        and places.category_id = categories.category_id
    inner join products
        on places.tenant_id = products.tenant_id
        and places.connection_id = products.connection_id
        and places.product_id = products.product_id
)

select {{ conform('product_collections') }} from final
