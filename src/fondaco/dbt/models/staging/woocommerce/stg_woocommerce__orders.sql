with source as (
    select * from {{ source('woocommerce', 'orders') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        cast(order_id as {{ contract_type('text') }}) as order_id,
        cast(parent_id as {{ contract_type('text') }}) as parent_id,
        cast(customer_id as {{ contract_type('text') }}) as customer_id,
        transaction_id,
        -- strings
        number,
        order_key,
        created_via,
        version,
        status,
        currency,
        email,
        phone,
        billing_first_name,
        billing_last_name,
        billing_city,
        billing_country,
        shipping_city,
        shipping_country,
        payment_method,
        payment_method_title,
        attribution_type,
        utm_source,
        utm_medium,
        utm_campaign,
        utm_term,
        utm_content,
        referrer,
        session_entry,
        -- numerics
        discount_total,
        discount_tax,
        shipping_total,
        shipping_tax,
        cart_tax,
        total,
        total_tax,
        payment_fee,
        -- booleans
        prices_include_tax,
        -- timestamps
        created_at,
        modified_at,
        paid_at,
        completed_at,
        _synced_at as synced_at
    from source
)

select * from renamed
