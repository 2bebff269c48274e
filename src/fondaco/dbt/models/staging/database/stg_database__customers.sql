with source as (
    select * from {{ source('database', 'customers') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        customer_id,
        -- strings
        email,
        phone,
        first_name,
        last_name,
        city,
        country,
        -- booleans
        accepts_marketing,
        -- timestamps
        created_at,
        updated_at,
        deleted_at,
        _synced_at as synced_at
    from source
)

select * from renamed
