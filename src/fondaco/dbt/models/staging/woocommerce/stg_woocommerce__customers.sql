with source as (
    select * from {{ source('woocommerce', 'customers') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        cast(customer_id as {{ contract_type('text') }}) as customer_id,
        -- strings
        email,
        first_name,
        last_name,
        role,
        phone,
        city,
        country,
        shipping_city,
        shipping_country,
        -- booleans
        is_paying_customer,
        -- timestamps
        created_at,
        modified_at,
        _synced_at as synced_at
    from source
)

select * from renamed
