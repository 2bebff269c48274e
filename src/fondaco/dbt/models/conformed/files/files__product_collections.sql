with members as (
    select * from {{ ref('stg_files__product_collections') }}
),

final as (
    select
        tenant_id,
        connection_id,
        'files' as source,
        {{ record_id('product_id') }} as product_id,
        {{ record_id('path') }} as collection_id,
        synced_at
    from members
)

select {{ conform('product_collections') }} from final
