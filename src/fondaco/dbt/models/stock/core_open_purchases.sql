-- What suppliers have still to deliver: pieces of open purchase orders that have not come, with the location and the variant
-- that the order's words mean; null where they mean none.
with lines as (
    select * from {{ ref('core_purchase_lines') }}
    where status = 'open' and received_quantity < quantity
),

orders as (
{{ unite('purchase_orders') }}
),

words as (
    select * from {{ ref('core_location_words') }}
),

locations as (
    select * from {{ ref('core_locations') }}
),

skus as (
    select * from {{ ref('core_location_skus') }}
),

final as (
    select
        lines.tenant_id,
        lines.purchase_order_id,
        lines.purchase_order_number,
        lines.supplier_id,
        lines.sku,
        locations.location_id,
        skus.variant_id,
        lines.ordered_date,
        lines.expected_date,
        cast(lines.quantity - lines.received_quantity as bigint) as quantity
    from lines
    inner join orders
        on lines.purchase_order_id = orders.purchase_order_id
        and lines.tenant_id = orders.tenant_id
    left join words
        on lower(coalesce(orders.location, '')) = words.word
        and lines.tenant_id = words.tenant_id
    left join locations
        on words.location_id = locations.location_id
        and words.tenant_id = locations.tenant_id
    left join skus
        on locations.connection_id = skus.connection_id
        and locations.tenant_id = skus.tenant_id
        and lines.sku = skus.sku
)

select * from final
