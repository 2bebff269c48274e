with rows_of_sheet as (
    select * from {{ ref('stg_files__stock_counts') }}
),

final as (
    select
        tenant_id,
        connection_id,
        'files' as source,
        {{ record_id("location || '/' || sku || '/' || cast(counted_on as varchar)") }} as stock_count_id,
        nullif(location, '') as location,
        sku,
        counted_on as counted_at,
        quantity,
        synced_at
    from rows_of_sheet
)

select {{ conform('stock_counts') }} from final
