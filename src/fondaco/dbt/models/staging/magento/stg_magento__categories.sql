with source as (
    select * from {{ source('magento', 'categories') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        cast(category_id as {{ contract_type('text') }}) as category_id,
        cast(parent_id as {{ contract_type('text') }}) as parent_id,
        -- strings
        name,
        url_key,
        -- numerics
        level,
        -- booleans
        is_active,
        -- timestamps
        created_at,
        updated_at,
        _synced_at as synced_at
    from source
)

select * from renamed
