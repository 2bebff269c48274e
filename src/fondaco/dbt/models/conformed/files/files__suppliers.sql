with rows_of_sheet as (
    select * from {{ ref('stg_files__suppliers') }}
),

final as (
    select
        tenant_id,
        connection_id,
        'files' as source,
        {{ record_id('supplier') }} as supplier_id,
        supplier as source_supplier_id,
        coalesce(name, supplier) as name,
        currency,
        lead_time_days,
        minimum_order_value,
        synced_at
    from rows_of_sheet
)

select {{ conform('suppliers') }} from final
