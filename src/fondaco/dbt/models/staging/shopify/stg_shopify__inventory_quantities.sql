with source as (
    select * from {{ source('shopify', 'inventory_quantities') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        {{ shopify_id('inventory_level_id') }} as inventory_level_id,
        {{ shopify_id('inventory_item_id') }} as inventory_item_id,
        -- strings
        name,
        -- numerics
        quantity,
        -- timestamps
        updated_at,
        _synced_at as synced_at
    from source
)

select * from renamed
