with rows_of_sheet as (
    select * from {{ ref('stg_files__locations') }}
),

final as (
    select
        tenant_id,
        connection_id,
        'files' as source,
        location,
        nullif(shop, '') as shop,
        lower(nullif(channel, '')) as channel,
        synced_at
    from rows_of_sheet
)

select {{ conform('sales_locations') }} from final
