with members as (
    select * from {{ ref('stg_files__product_collections') }}
),

final as (
    select
        tenant_id,
        connection_id,
        'files' as source,
        {{ record_id('path') }} as collection_id,
        path as source_collection_id,
        {{ record_id('parent') }} as parent_collection_id,
        max(title) as title,
        cast(null as {{ contract_type('text') }}) as handle,
        max(synced_at) as synced_at
    from members
    group by tenant_id, connection_id, path, parent
)

select {{ conform('collections') }} from final
