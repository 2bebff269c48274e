with source as (
    select * from {{ source('ebay', 'order_lines') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        order_id,
        line_item_id,
        item_id,
        variation_id,
        -- strings
        sku,
        title,
        currency,
        -- numerics
        quantity,
        cost,
        discounted_cost,
        shipping_cost,
        handling_cost,
        total,
        -- booleans
        sold_by_ads,
        -- timestamps
        _synced_at as synced_at
    from source
)

select * from renamed
