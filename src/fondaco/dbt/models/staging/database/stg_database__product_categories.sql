with source as (
    select * from {{ source('database', 'product_categories') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        product_id,
        category_id,
        -- timestamps
        _synced_at as synced_at
    from source
)

select * from renamed
