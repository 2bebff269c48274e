with source as (
    select * from {{ source('klaviyo', 'metrics') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        metric_id,
        -- strings
        name,
        integration_name,
        integration_category,
        -- timestamps
        created_at,
        updated_at,
        _synced_at as synced_at
    from source
)

select * from renamed
