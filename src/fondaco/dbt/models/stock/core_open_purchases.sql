-- What suppliers have still to deliver: pieces of open purchase orders that have not come, with the location and the variant
-- that the order's words mean; null where they mean none.
with lines as (
    select * from {{ ref('core_purchase_lines') }}
    where status = 'open' and received_quantity < quantity
),

final as (
    select
        tenant_id,
        purchase_order_id,
        purchase_order_number,
        supplier_id,
        sku,
        location_id,
        variant_id,
        ordered_date,
        expected_date,
        cast(quantity - received_quantity as bigint) as quantity
    from lines
)

select * from final
