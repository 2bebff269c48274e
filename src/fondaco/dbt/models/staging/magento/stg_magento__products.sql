with source as (
    select * from {{ source('magento', 'products') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        cast(product_id as {{ contract_type('text') }}) as product_id,
        -- strings
        sku,
        name,
        type,
        vendor,
        barcode,
        url_key,
        -- numerics
        status,
        visibility,
        price,
        special_price,
        unit_cost,
        -- timestamps
        special_from,
        special_until,
        created_at,
        updated_at,
        _synced_at as synced_at
    from source
)

select * from renamed
