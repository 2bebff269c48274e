with source as (
    select * from {{ source('prohandel', 'sales') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        sale_id,
        -- strings
        branch_number,
        article_number,
        article_size_number,
        customer_number,
        receipt_number,
        type,
        -- numerics
        quantity,
        paid,
        discount,
        label_price,
        cost,
        vat_percent,
        -- booleans
        counts,
        is_deleted,
        -- timestamps
        sold_at,
        changed_at,
        _synced_at as synced_at
    from source
)

select * from renamed
