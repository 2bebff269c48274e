with source as (
    select * from {{ source('commercetools', 'variant_prices') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        product_id,
        price_id,
        channel_id,
        customer_group_id,
        -- strings
        price_type,
        currency,
        country,
        -- numerics
        variant_number,
        price_index,
        price_cents,
        price_precise,
        price_fraction_digits,
        -- timestamps
        valid_from,
        valid_until,
        _synced_at as synced_at
    from source
)

select * from renamed
