with source as (
    select * from {{ source('shopify', 'products') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        {{ shopify_id('product_id') }} as product_id,
        -- strings
        title,
        handle,
        vendor,
        product_type,
        status,
        tags,
        -- booleans
        is_gift_card,
        -- timestamps
        created_at,
        updated_at,
        published_at,
        _synced_at as synced_at
    from source
)

select * from renamed
