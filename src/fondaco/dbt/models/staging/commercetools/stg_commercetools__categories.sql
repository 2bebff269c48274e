with source as (
    select * from {{ source('commercetools', 'categories') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        category_id,
        parent_id,
        -- strings
        name,
        slug,
        -- timestamps
        created_at,
        modified_at,
        _synced_at as synced_at
    from source
)

select * from renamed
