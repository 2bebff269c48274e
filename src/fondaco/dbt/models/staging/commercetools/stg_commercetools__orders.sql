with source as (
    select * from {{ source('commercetools', 'orders') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        order_id,
        customer_id,
        anonymous_id,
        -- strings
        order_number,
        email,
        phone,
        store_key,
        country,
        billing_country,
        billing_city,
        shipping_country,
        shipping_city,
        origin,
        order_state,
        payment_state,
        shipment_state,
        tax_mode,
        currency,
        shipping_mode,
        shipping_method,
        deliveries,
        -- numerics
        fraction_digits,
        total_cents,
        net_cents,
        gross_cents,
        shipping_cents,
        shipping_discounted_cents,
        shipping_net_cents,
        shipping_gross_cents,
        discount_cents,
        discount_net_cents,
        discount_gross_cents,
        -- timestamps
        created_at,
        modified_at,
        completed_at,
        _synced_at as synced_at
    from source
)

select * from renamed
