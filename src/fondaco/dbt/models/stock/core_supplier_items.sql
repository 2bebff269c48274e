-- What suppliers deliver, and by which rules; where two sheets name the same, the newer one.
with items as (
{{ unite('supplier_items') }}
),

ranked as (
    select
        *,
        row_number() over (
            partition by tenant_id, supplier_id, sku
            order by synced_at desc, supplier_item_id
        ) as place
    from items
),

final as (
    select
        tenant_id,
        connection_id,
        supplier_item_id,
        supplier_id,
        sku,
        supplier_sku,
        unit_cost,
        currency,
        order_multiple,
        minimum_quantity,
        shelf_life_days
    from ranked
    where place = 1
)

select * from final
