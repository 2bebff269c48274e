with source as (
    select * from {{ source('commercetools', 'order_lines') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        order_id,
        line_id,
        product_id,
        -- strings
        product_key,
        sku,
        name,
        price_type,
        currency,
        line_mode,
        -- numerics
        line_index,
        variant_number,
        quantity,
        price_cents,
        price_precise,
        price_fraction_digits,
        discounted_price_cents,
        total_cents,
        fraction_digits,
        net_cents,
        gross_cents,
        tax_rate,
        -- booleans
        tax_included,
        -- timestamps
        _synced_at as synced_at
    from source
)

select * from renamed
