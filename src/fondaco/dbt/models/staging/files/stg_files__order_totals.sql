with source as (
    select * from {{ source('files', 'order_totals') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        order_id,
        customer_id,
        import_id,
        -- strings
        line_imports,
        order_number,
        email,
        phone,
        country,
        city,
        currency,
        order_status,
        financial_status,
        channel,
        discount_code,
        -- numerics
        discount_total,
        shipping,
        shipping_tax,
        tax_total,
        total,
        returned,
        row_number,
        -- booleans
        prices_include_tax,
        is_test,
        counts_in_sales,
        -- timestamps
        ordered_at,
        cancelled_at,
        returned_at,
        _synced_at as synced_at
    from source
)

select * from renamed
