with source as (
    select * from {{ source('prohandel', 'customers') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        customer_number,
        -- strings
        first_name,
        last_name,
        email,
        phone,
        city,
        country,
        -- booleans
        is_active,
        -- timestamps
        changed_at,
        _synced_at as synced_at
    from source
)

select * from renamed
