with source as (
    select * from {{ source('commercetools', 'discount_codes') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        discount_code_id,
        -- strings
        code,
        name,
        -- numerics
        max_applications,
        -- booleans
        is_active,
        -- timestamps
        created_at,
        modified_at,
        starts_at,
        ends_at,
        _synced_at as synced_at
    from source
)

select * from renamed
