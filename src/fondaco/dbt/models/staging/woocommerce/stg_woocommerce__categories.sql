with source as (
    select * from {{ source('woocommerce', 'categories') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        cast(category_id as {{ contract_type('text') }}) as category_id,
        cast(nullif(parent_id, 0) as {{ contract_type('text') }}) as parent_id,
        -- strings
        name,
        slug,
        -- timestamps
        _synced_at as synced_at
    from source
)

select * from renamed
