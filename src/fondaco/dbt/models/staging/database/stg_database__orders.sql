with source as (
    select * from {{ source('database', 'orders') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        order_id,
        customer_id,
        -- strings
        order_number,
        email,
        phone,
        order_status,
        financial_status,
        channel,
        country,
        city,
        currency,
        discount_code,
        -- numerics
        discount,
        shipping,
        shipping_tax,
        tax,
        fees,
        total,
        -- booleans
        prices_include_tax,
        is_test,
        -- timestamps
        ordered_at,
        cancelled_at,
        created_at,
        updated_at,
        deleted_at,
        _synced_at as synced_at
    from source
)

select * from renamed
