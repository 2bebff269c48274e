with source as (
    select * from {{ source('commercetools', 'order_shippings') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        order_id,
        -- strings
        shipping_key,
        shipping_method,
        currency,
        -- numerics
        price_cents,
        discounted_cents,
        fraction_digits,
        net_cents,
        gross_cents,
        -- timestamps
        _synced_at as synced_at
    from source
)

select * from renamed
