with source as (
    select * from {{ source('amazon', 'order_items') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        order_id,
        order_item_id,
        -- strings
        asin,
        sku,
        title,
        unit_price_currency,
        price_designation,
        currency,
        cancelled_by,
        promotion_ids,
        -- numerics
        quantity,
        quantity_fulfilled,
        unit_price,
        total,
        -- timestamps
        _synced_at as synced_at
    from source
)

select * from renamed
