with source as (
    select * from {{ source('magento', 'product_categories') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        cast(product_id as {{ contract_type('text') }}) as product_id,
        cast(category_id as {{ contract_type('text') }}) as category_id,
        -- numerics
        category_index,
        -- timestamps
        _synced_at as synced_at
    from source
)

select * from renamed
