with source as (
    select * from {{ source('woocommerce', 'products') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        cast(product_id as {{ contract_type('text') }}) as product_id,
        -- strings
        name,
        type,
        status,
        sku,
        barcode,
        tax_status,
        manages_stock,
        stock_status,
        categories,
        tags,
        category,
        brand,
        variation_ids,
        -- numerics
        price,
        regular_price,
        sale_price,
        stock_quantity,
        unit_cost,
        units_sold,
        -- booleans
        is_on_sale,
        -- timestamps
        created_at,
        modified_at,
        sale_starts_at,
        sale_ends_at,
        _synced_at as synced_at
    from source
)

select * from renamed
