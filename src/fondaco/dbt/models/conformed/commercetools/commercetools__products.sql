with products as (
    select * from {{ ref('stg_commercetools__products') }}
),

deletions as (
    select * from {{ ref('stg_commercetools__tombstones') }}
    where stream = 'products'
),

final as (
    select
        products.tenant_id,
        products.connection_id,
        'commercetools' as source,
        {{ record_id('products.product_id', 'products.connection_id') }} as product_id,
        products.product_id as source_product_id,
        products.name as title,
        cast(null as {{ contract_type('text') }}) as vendor,
        products.product_type_name as product_type,
        case when products.is_published then 'active' else 'draft' end as status,
        products.created_at,
        products.modified_at as updated_at,
        deletions.record_id is not null as is_deleted,
        greatest(products.synced_at, coalesce(deletions.synced_at, products.synced_at)) as synced_at
    from products
    left join deletions
        on products.tenant_id = deletions.tenant_id
        and products.connection_id = deletions.connection_id
        and products.product_id = deletions.record_id
        and products.synced_at <= deletions.synced_at
)

select {{ conform('products') }} from final
