with source as (
    select * from {{ source('prohandel', 'connections') }}
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
    where source = 'prohandel'
)

select * from renamed
