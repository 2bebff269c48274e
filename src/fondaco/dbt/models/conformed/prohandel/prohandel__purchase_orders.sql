with lines as (
    select * from {{ ref('prohandel__purchased_lines') }}
),

-- An order is cancelled or received where all its lines are.
final as (
    select
        tenant_id,
        connection_id,
        'prohandel' as source,
        {{ record_id('order_number') }} as purchase_order_id,
        order_number as source_purchase_order_id,
        {{ record_id('min(supplier_number)') }} as supplier_id,
        min(location) as location,
        case when min(status) = max(status) then min(status) else 'open' end as status,
        min(ordered_at) as ordered_at,
        max(expected_at) as expected_at,
        min(currency) as currency,
        max(synced_at) as synced_at
    from lines
    group by tenant_id, connection_id, order_number
)

select {{ conform('purchase_orders') }} from final
