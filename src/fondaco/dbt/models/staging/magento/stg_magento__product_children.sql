with source as (
    select * from {{ source('magento', 'product_children') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        cast(product_id as {{ contract_type('text') }}) as product_id,
        cast(child_id as {{ contract_type('text') }}) as child_id,
        -- numerics
        child_index,
        -- timestamps
        _synced_at as synced_at
    from source
)

select * from renamed
