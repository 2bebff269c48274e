with lines as (
    select * from {{ ref('prohandel__purchased_lines') }}
),

final as (
    select
        tenant_id,
        connection_id,
        'prohandel' as source,
        {{ record_id("order_number || '/' || position") }} as purchase_order_line_id,
        {{ record_id('order_number') }} as purchase_order_id,
        sku,
        quantity,
        unit_cost,
        expected_at,
        coalesce(received_quantity, 0) as received_quantity,
        received_at,
        synced_at
    from lines
    where sku is not null
)

select {{ conform('purchase_order_lines') }} from final
