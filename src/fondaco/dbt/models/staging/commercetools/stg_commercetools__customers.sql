with source as (
    select * from {{ source('commercetools', 'customers') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        customer_id,
        -- strings
        key,
        customer_number,
        email,
        first_name,
        last_name,
        phone,
        mobile,
        city,
        country,
        -- booleans
        is_email_verified,
        -- timestamps
        created_at,
        modified_at,
        _synced_at as synced_at
    from source
)

select * from renamed
