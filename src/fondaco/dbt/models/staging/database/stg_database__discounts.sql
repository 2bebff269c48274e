with source as (
    select * from {{ source('database', 'discounts') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        discount_id,
        -- strings
        code,
        title,
        kind,
        -- numerics
        usage_count,
        -- booleans
        is_active,
        -- timestamps
        starts_at,
        ends_at,
        deleted_at,
        _synced_at as synced_at
    from source
)

select * from renamed
