with inventory as (
    select * from {{ ref('stg_commercetools__inventory') }}
),

-- Stock is kept by SKU. Where two variants share one, the stock is shown at the first.
variants as (
    select
        tenant_id,
        connection_id,
        sku,
        min(product_id || '/' || cast(variant_number as {{ contract_type('text') }})) as source_variant_id
    from {{ ref('stg_commercetools__variants') }}
    where sku is not null
    group by tenant_id, connection_id, sku
),

final as (
    select
        inventory.tenant_id,
        inventory.connection_id,
        'commercetools' as source,
        {{ record_id('inventory.inventory_id', 'inventory.connection_id') }} as inventory_level_id,
        {{ record_id('variants.source_variant_id', 'inventory.connection_id') }} as variant_id,
        {{ record_id("coalesce(inventory.channel_id, 'project')", 'inventory.connection_id') }} as location_id,
        inventory.channel_key as location_name,
        inventory.available,
        inventory.on_stock as on_hand,
        inventory.on_stock - inventory.available as committed,
        cast(null as {{ contract_type('bigint') }}) as incoming,
        inventory.modified_at as updated_at,
        inventory.synced_at
    from inventory
    left join variants
        on inventory.tenant_id = variants.tenant_id
        and inventory.connection_id = variants.connection_id
        and inventory.sku = variants.sku
)

select {{ conform('inventory_levels') }} from final
