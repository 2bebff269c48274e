with source as (
    select * from {{ source('shopify', 'collection_products') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        {{ shopify_id('collection_id') }} as collection_id,
        {{ shopify_id('product_id') }} as product_id,
        -- timestamps
        _synced_at as synced_at
    from source
)

select * from renamed
