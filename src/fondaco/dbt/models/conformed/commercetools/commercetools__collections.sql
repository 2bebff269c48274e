-- Collections are read whole each time: what the newest reading no longer has is gone.
with categories as (
    select
        *,
        max(synced_at) over (partition by tenant_id, connection_id) as last_read_at
    from {{ ref('stg_commercetools__categories') }}
),

final as (
    select
        tenant_id,
        connection_id,
        'commercetools' as source,
        {{ record_id('category_id') }} as collection_id,
        category_id as source_collection_id,
        {{ record_id('parent_id') }} as parent_collection_id,
        name as title,
        slug as handle,
        synced_at
    from categories
    where synced_at = last_read_at
)

select {{ conform('collections') }} from final
