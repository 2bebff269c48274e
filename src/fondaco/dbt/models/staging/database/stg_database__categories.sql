with source as (
    select * from {{ source('database', 'categories') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        category_id,
        parent_id,
        -- strings
        title,
        handle,
        -- timestamps
        deleted_at,
        _synced_at as synced_at
    from source
)

select * from renamed
