with categories as (
    select * from {{ ref('stg_database__categories') }}
    where deleted_at is null
),

-- Some shops write nought where nothing stands above.
parents as (
    select
        tenant_id,
        connection_id,
        category_id
    from categories
),

final as (
    select
        categories.tenant_id,
        categories.connection_id,
        'database' as source,
        {{ record_id('categories.category_id', 'categories.connection_id') }} as collection_id,
        categories.category_id as source_collection_id,
        {{ record_id('parents.category_id', 'parents.connection_id') }} as parent_collection_id,
        categories.title,
        categories.handle,
        categories.synced_at
    from categories
    left join parents
        on categories.tenant_id = parents.tenant_id
        and categories.connection_id = parents.connection_id
        and categories.parent_id = parents.category_id
)

select {{ conform('collections') }} from final
