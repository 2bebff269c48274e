with products as (
    {{ database_rows('products', 'product_id') }}
),

final as (
    select
        tenant_id,
        connection_id,
        'database' as source,
        {{ record_id('product_id') }} as product_id,
        product_id as source_product_id,
        title,
        nullif(vendor, '') as vendor,
        nullif(product_type, '') as product_type,
        case when status in ('draft', 'archived') then status else 'active' end as status,
        created_at,
        updated_at,
        is_deleted,
        newest_synced_at as synced_at
    from products
)

select {{ conform('products') }} from final
