with rows_of_sheet as (
    select * from {{ ref('stg_files__receipts') }}
),

final as (
    select
        tenant_id,
        connection_id,
        'files' as source,
        {{ record_id("receipt || '/' || line") }} as receipt_id,
        receipt as source_receipt_id,
        {{ record_id('purchase_order') }} as purchase_order_id,
        {{ record_id('supplier') }} as supplier_id,
        location,
        sku,
        received_on as received_at,
        quantity,
        unit_cost,
        currency,
        synced_at
    from rows_of_sheet
)

select {{ conform('receipts') }} from final
