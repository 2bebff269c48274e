with members as (
    select * from {{ ref('stg_shopify__collection_products') }}
),

final as (
    select
        tenant_id,
        connection_id,
        'shopify' as source,
        {{ record_id('product_id') }} as product_id,
        {{ record_id('collection_id') }} as collection_id,
        synced_at
    from members
)

select {{ conform('product_collections') }} from final
