with source as (
    select * from {{ source('commercetools', 'products') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        product_id,
        product_type_id,
        -- strings
        key,
        product_type_name,
        name,
        price_mode,
        -- booleans
        is_published,
        has_staged_changes,
        -- timestamps
        created_at,
        modified_at,
        _synced_at as synced_at
    from source
)

select * from renamed
