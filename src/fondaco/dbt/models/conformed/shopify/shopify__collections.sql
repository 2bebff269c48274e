-- Collections are read whole each time: what the newest reading no longer has is gone.
with collections as (
    select
        *,
        max(synced_at) over (partition by tenant_id, connection_id) as last_read_at
    from {{ ref('stg_shopify__collections') }}
),

final as (
    select
        tenant_id,
        connection_id,
        'shopify' as source,
        {{ record_id('collection_id') }} as collection_id,
        collection_id as source_collection_id,
        cast(null as {{ contract_type('text') }}) as parent_collection_id,
        title,
        handle,
        synced_at
    from collections
    where synced_at = last_read_at
)

select {{ conform('collections') }} from final
