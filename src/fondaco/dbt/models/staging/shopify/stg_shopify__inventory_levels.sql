with source as (
    select * from {{ source('shopify', 'inventory_levels') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        {{ shopify_id('inventory_level_id') }} as inventory_level_id,
        {{ shopify_id('inventory_item_id') }} as inventory_item_id,
        {{ shopify_id('location_id') }} as location_id,
        -- strings
        location_name,
        -- booleans
        is_active,
        -- timestamps
        created_at,
        updated_at,
        _synced_at as synced_at
    from source
)

select * from renamed
