with rows_of_sheet as (
    select * from {{ ref('stg_files__locations') }}
),

final as (
    select
        tenant_id,
        connection_id,
        'files' as source,
        {{ record_id('location') }} as location_id,
        location as source_location_id,
        location as name,
        upper(max(country)) as country,
        max(synced_at) as synced_at
    from rows_of_sheet
    group by tenant_id, connection_id, location
)

select {{ conform('locations') }} from final
