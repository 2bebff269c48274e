with source as (
    select * from {{ source('prohandel', 'article_sizes') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        article_number,
        article_size_number,
        -- strings
        size,
        colour,
        sku,
        barcode,
        supplier_sku,
        -- numerics
        price,
        unit_cost,
        -- booleans
        is_deleted,
        -- timestamps
        changed_at,
        _synced_at as synced_at
    from source
)

select * from renamed
