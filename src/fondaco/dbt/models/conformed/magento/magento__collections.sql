{#- Categories but for the roots, which no visitor sees: what stands at a root stands at the top. -#}
with categories as (
    select * from {{ ref('stg_magento__categories') }}
    where level >= 2
),

final as (
    select
        tenant_id,
        connection_id,
        'magento' as source,
        {{ record_id('category_id') }} as collection_id,
        category_id as source_collection_id,
        case when level > 2 then {{ record_id('parent_id') }} end as parent_collection_id,
        name as title,
        url_key as handle,
        synced_at
    from categories
)

select {{ conform('collections') }} from final
