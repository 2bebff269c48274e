with source as (
    select * from {{ source('shopify', 'customers') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        {{ shopify_id('customer_id') }} as customer_id,
        -- strings
        email,
        marketing_state,
        phone,
        first_name,
        last_name,
        city,
        country,
        state,
        tags,
        -- booleans
        is_verified_email,
        is_tax_exempt,
        -- timestamps
        created_at,
        updated_at,
        _synced_at as synced_at
    from source
)

select * from renamed
