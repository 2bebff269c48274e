-- Collections are read whole each time: what the newest reading no longer has is gone.
with categories as (
    select
        *,
        max(synced_at) over (partition by tenant_id, connection_id) as last_read_at
    from {{ ref('stg_woocommerce__categories') }}
),

of_products as (
    select * from {{ ref('stg_woocommerce__product_categories') }}
),

-- A key that may not list categories still gets to know them, by the products that are in them.
named as (
    select
        of_products.tenant_id,
        of_products.connection_id,
        of_products.category_id,
        max(of_products.name) as name,
        max(of_products.slug) as slug,
        max(of_products.synced_at) as synced_at
    from of_products
    left join categories
        on of_products.tenant_id = categories.tenant_id
        and of_products.connection_id = categories.connection_id
    where categories.category_id is null
    group by of_products.tenant_id, of_products.connection_id, of_products.category_id
),

united as (
    select
        tenant_id,
        connection_id,
        category_id,
        parent_id,
        name,
        slug,
        synced_at
    from categories
    where synced_at = last_read_at
    union all
    select
        tenant_id,
        connection_id,
        category_id,
        cast(null as {{ contract_type('text') }}) as parent_id,
        name,
        slug,
        synced_at
    from named
),

final as (
    select
        tenant_id,
        connection_id,
        'woocommerce' as source,
        {{ record_id('category_id') }} as collection_id,
        category_id as source_collection_id,
        {{ record_id('parent_id') }} as parent_collection_id,
        name as title,
        slug as handle,
        synced_at
    from united
)

select {{ conform('collections') }} from final
