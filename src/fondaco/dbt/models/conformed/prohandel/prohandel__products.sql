with articles as (
    select * from {{ ref('stg_prohandel__articles') }}
),

final as (
    select
        tenant_id,
        connection_id,
        'prohandel' as source,
        {{ record_id('article_number') }} as product_id,
        article_number as source_product_id,
        coalesce(name, article_number) as title,
        brand as vendor,
        category as product_type,
        case when coalesce(is_active, true) then 'active' else 'archived' end as status,
        cast(null as {{ contract_type('timestamp') }}) as created_at,
        changed_at as updated_at,
        coalesce(is_deleted, false) as is_deleted,
        synced_at
    from articles
)

select {{ conform('products') }} from final
