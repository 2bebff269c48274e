{#- Stock by SKU and source. Magento keeps what open orders hold by stock and not by source, so it is counted
    here from the orders, and told where a SKU is at one source only. -#}
with source_items as (
    select * from {{ ref('stg_magento__source_items') }}
),

sources as (
    select * from {{ ref('stg_magento__sources') }}
),

products as (
    select * from {{ ref('magento__known_products') }}
    where sku is not null
),

variants as (
    select
        tenant_id,
        connection_id,
        sku,
        min(product_id) as variant_id
    from products
    where not is_deleted and type not in ('configurable', 'grouped', 'bundle')
    group by tenant_id, connection_id, sku
),

-- A SKU that no product ever had is stock all the same; one whose products were all deleted is not.
skus as (
    select
        tenant_id,
        connection_id,
        sku,
        min(case when is_deleted then 1 else 0 end) = 1 as is_gone
    from products
    group by tenant_id, connection_id, sku
),

orders as (
    select * from {{ ref('stg_magento__orders') }}
    where state in ('new', 'pending_payment', 'processing', 'payment_review', 'holded')
),

held as (
    select
        lines.tenant_id,
        lines.connection_id,
        lines.variant_id,
        sum(greatest(
            lines.qty_ordered - lines.qty_canceled - greatest(lines.qty_shipped, lines.qty_refunded), 0
        )) as pieces
    from {{ ref('magento__lines') }} as lines
    inner join orders
        on lines.tenant_id = orders.tenant_id
        and lines.connection_id = orders.connection_id
        and lines.order_id = orders.order_id
    where not lines.is_virtual
    group by lines.tenant_id, lines.connection_id, lines.variant_id
),

placed as (
    select
        source_items.*,
        sources.name as source_name,
        coalesce(sources.is_enabled, true) as is_enabled,
        sum(case when coalesce(sources.is_enabled, true) then 1 else 0 end) over (
            partition by source_items.tenant_id, source_items.connection_id, source_items.sku
        ) as places
    from source_items
    left join sources
        on source_items.tenant_id = sources.tenant_id
        and source_items.connection_id = sources.connection_id
        and source_items.source_code = sources.source_code
),

joined as (
    select
        placed.*,
        variants.variant_id,
        case when placed.places = 1 and placed.is_enabled then coalesce(held.pieces, 0) end as committed
    from placed
    left join variants
        on placed.tenant_id = variants.tenant_id
        and placed.connection_id = variants.connection_id
        and placed.sku = variants.sku
    left join skus
        on placed.tenant_id = skus.tenant_id
        and placed.connection_id = skus.connection_id
        and placed.sku = skus.sku
    left join held
        on variants.tenant_id = held.tenant_id
        and variants.connection_id = held.connection_id
        and variants.variant_id = held.variant_id
    where not coalesce(skus.is_gone, false)
),

final as (
    select
        tenant_id,
        connection_id,
        'magento' as source,
        {{ record_id("source_code || '/' || sku") }} as inventory_level_id,
        {{ record_id('variant_id') }} as variant_id,
        {{ record_id('source_code') }} as location_id,
        coalesce(source_name, source_code) as location_name,
        case
            when not is_enabled or status = 0 then 0
            else floor(quantity - coalesce(committed, 0))
        end as available,
        floor(quantity) as on_hand,
        ceil(committed) as committed,
        cast(null as {{ contract_type('bigint') }}) as incoming,
        synced_at as updated_at,
        synced_at
    from joined
)

select {{ conform('inventory_levels') }} from final
