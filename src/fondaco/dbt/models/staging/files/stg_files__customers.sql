with source as (
    select * from {{ source('files', 'customers') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        customer_id,
        import_id,
        -- strings
        email,
        phone,
        first_name,
        last_name,
        city,
        country,
        -- numerics
        row_number,
        -- booleans
        accepts_marketing,
        -- timestamps
        created_at,
        _synced_at as synced_at
    from source
)

select * from renamed
