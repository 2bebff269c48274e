with source as (
    select * from {{ source('ebay', 'line_taxes') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        order_id,
        line_item_id,
        tax_index,
        -- strings
        tax_type,
        -- numerics
        amount,
        -- timestamps
        _synced_at as synced_at
    from source
)

select * from renamed
