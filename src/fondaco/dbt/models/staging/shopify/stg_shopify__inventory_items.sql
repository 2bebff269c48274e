with source as (
    select * from {{ source('shopify', 'inventory_items') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        {{ shopify_id('inventory_item_id') }} as inventory_item_id,
        -- strings
        sku,
        country_of_origin,
        unit_cost_currency,
        -- numerics
        unit_cost,
        -- booleans
        is_tracked,
        requires_shipping,
        -- timestamps
        created_at,
        updated_at,
        _synced_at as synced_at
    from source
)

select * from renamed
