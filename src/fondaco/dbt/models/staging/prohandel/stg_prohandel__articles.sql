with source as (
    select * from {{ source('prohandel', 'articles') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        article_number,
        -- strings
        name,
        category,
        brand,
        supplier_number,
        -- numerics
        price,
        unit_cost,
        vat_percent,
        -- booleans
        is_active,
        is_deleted,
        -- timestamps
        changed_at,
        _synced_at as synced_at
    from source
)

select * from renamed
