with places as (
    select * from {{ ref('stg_database__product_categories') }}
),

categories as (
    select * from {{ ref('stg_database__categories') }}
    where deleted_at is null
),

products as (
    select * from {{ ref('stg_database__products') }}
),

final as (
    select
        places.tenant_id,
        places.connection_id,
        'database' as source,
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
