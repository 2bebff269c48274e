with source as (
    select * from {{ source('commercetools', 'custom_lines') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        order_id,
        line_id,
        -- strings
        slug,
        name,
        price_type,
        currency,
        -- numerics
        quantity,
        price_cents,
        price_precise,
        price_fraction_digits,
        total_cents,
        fraction_digits,
        net_cents,
        gross_cents,
        -- booleans
        tax_included,
        -- timestamps
        _synced_at as synced_at
    from source
)

select * from renamed
