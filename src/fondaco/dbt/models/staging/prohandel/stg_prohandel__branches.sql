with source as (
    select * from {{ source('prohandel', 'branches') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        branch_number,
        -- strings
        name,
        country,
        -- booleans
        is_active,
        -- timestamps
        changed_at,
        _synced_at as synced_at
    from source
)

select * from renamed
