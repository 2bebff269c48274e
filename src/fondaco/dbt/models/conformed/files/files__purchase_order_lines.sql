with rows_of_sheet as (
    select * from {{ ref('stg_files__purchase_orders') }}
),

final as (
    select
        tenant_id,
        connection_id,
        'files' as source,
        {{ record_id("purchase_order || '/' || line") }} as purchase_order_line_id,
        {{ record_id('purchase_order') }} as purchase_order_id,
        sku,
        quantity,
        unit_cost,
        expected_on as expected_at,
        cast(null as {{ contract_type('bigint') }}) as received_quantity,
        cast(null as {{ contract_type('timestamp') }}) as received_at,
        synced_at
    from rows_of_sheet
)

select {{ conform('purchase_order_lines') }} from final
