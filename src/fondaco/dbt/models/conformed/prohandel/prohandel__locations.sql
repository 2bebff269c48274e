with branches as (
    select * from {{ ref('stg_prohandel__branches') }}
),

final as (
    select
        tenant_id,
        connection_id,
        'prohandel' as source,
        {{ record_id('branch_number') }} as location_id,
        branch_number as source_location_id,
        coalesce(name, 'Branch ' || branch_number) as name,
        case when length(country) = 2 then upper(country) end as country,
        synced_at
    from branches
)

select {{ conform('locations') }} from final
