with inventory as (
    select * from {{ ref('stg_amazon__inventory') }}
),

counted as (
    select
        *,
        coalesce(inbound_working, 0) + coalesce(inbound_shipped, 0) + coalesce(inbound_receiving, 0) as inbound
    from inventory
),

final as (
    select
        tenant_id,
        connection_id,
        'amazon' as source,
        {{ record_id("marketplace_id || '/' || sku") }} as inventory_level_id,
        {{ record_id('sku') }} as variant_id,
        {{ record_id('marketplace_id') }} as location_id,
        'Amazon' as location_name,
        fulfillable as available,
        coalesce(fulfillable, 0) + coalesce(reserved, 0) + coalesce(unfulfillable, 0) as on_hand,
        reserved as committed,
        inbound as incoming,
        updated_at,
        synced_at
    from counted
)

select {{ conform('inventory_levels') }} from final
