with rows_of_sheet as (
    select * from {{ ref('stg_files__supplier_items') }}
),

final as (
    select
        tenant_id,
        connection_id,
        'files' as source,
        {{ record_id("supplier || '/' || sku") }} as supplier_item_id,
        {{ record_id('supplier') }} as supplier_id,
        sku,
        supplier_sku,
        unit_cost,
        currency,
        order_multiple,
        minimum_quantity,
        shelf_life_days,
        synced_at
    from rows_of_sheet
)

select {{ conform('supplier_items') }} from final
