with rows_of_sheet as (
    select * from {{ ref('stg_files__bundles') }}
),

final as (
    select
        tenant_id,
        connection_id,
        'files' as source,
        bundle_sku,
        part_sku,
        quantity,
        synced_at
    from rows_of_sheet
)

select {{ conform('bundle_parts') }} from final
