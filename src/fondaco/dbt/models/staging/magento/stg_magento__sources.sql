with source as (
    select * from {{ source('magento', 'sources') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        -- strings
        source_code,
        name,
        country,
        city,
        -- booleans
        is_enabled,
        -- timestamps
        _synced_at as synced_at
    from source
)

select * from renamed
