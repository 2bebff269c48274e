with source as (
    select * from {{ source('magento', 'connections') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        -- strings
        name,
        currency,
        time_zone,
        -- timestamps
        _synced_at as synced_at
    from source
    where source = 'magento'
)

select * from renamed
