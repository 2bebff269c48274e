with sizes as (
    select * from {{ ref('stg_prohandel__article_sizes') }}
),

articles as (
    select * from {{ ref('stg_prohandel__articles') }}
),

connections as (
    select * from {{ ref('stg_prohandel__connections') }}
),

final as (
    select
        sizes.tenant_id,
        sizes.connection_id,
        'prohandel' as source,
        {{ record_id("sizes.article_number || '/' || sizes.article_size_number", 'sizes.connection_id') }} as variant_id,
        {{ record_id('sizes.article_number', 'sizes.connection_id') }} as product_id,
        sizes.article_number || '/' || sizes.article_size_number as source_variant_id,
        coalesce(sizes.sku, sizes.article_number || '/' || sizes.article_size_number) as sku,
        sizes.barcode,
        nullif(
            coalesce(sizes.size, '')
            || case when sizes.size is not null and sizes.colour is not null then ', ' else '' end
            || coalesce(sizes.colour, ''), ''
        ) as title,
        coalesce(sizes.price, articles.price) as price,
        coalesce(sizes.unit_cost, articles.unit_cost) as unit_cost,
        connections.currency,
        greatest(sizes.changed_at, coalesce(articles.changed_at, sizes.changed_at)) as updated_at,
        coalesce(sizes.is_deleted, articles.is_deleted, false) as is_deleted,
        greatest(sizes.synced_at, coalesce(articles.synced_at, sizes.synced_at)) as synced_at
    from sizes
    inner join connections
        on sizes.tenant_id = connections.tenant_id
        and sizes.connection_id = connections.connection_id
    left join articles
        on sizes.tenant_id = articles.tenant_id
        and sizes.connection_id = articles.connection_id
        and sizes.article_number = articles.article_number
)

select {{ conform('variants') }} from final
