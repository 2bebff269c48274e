with rows_of_sheet as (
    select * from {{ ref('stg_files__purchase_orders') }}
),

-- An order is cancelled or received where all its lines are said to be.
final as (
    select
        tenant_id,
        connection_id,
        'files' as source,
        {{ record_id('purchase_order') }} as purchase_order_id,
        purchase_order as source_purchase_order_id,
        {{ record_id('min(supplier)') }} as supplier_id,
        min(location) as location,
        case
            when min(lower(coalesce(status, 'open'))) <> max(lower(coalesce(status, 'open'))) then 'open'
            when min(lower(status)) in ('cancelled', 'received') then min(lower(status))
            else 'open'
        end as status,
        min(ordered_on) as ordered_at,
        max(expected_on) as expected_at,
        min(currency) as currency,
        max(synced_at) as synced_at
    from rows_of_sheet
    group by tenant_id, connection_id, purchase_order
)

select {{ conform('purchase_orders') }} from final
