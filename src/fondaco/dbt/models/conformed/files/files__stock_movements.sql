with rows_of_sheet as (
    select * from {{ ref('stg_files__stock_movements') }}
),

-- A transfer leaves one location and comes to another: a row for each.
sided as (
    select
        *,
        'from' as side,
        location as at_location,
        case when lower(kind) = 'transfer' then -quantity else quantity end as signed_quantity
    from rows_of_sheet
    union all
    select
        *,
        'to' as side,
        to_location as at_location,
        quantity as signed_quantity
    from rows_of_sheet
    where lower(kind) = 'transfer'
),

final as (
    select
        tenant_id,
        connection_id,
        'files' as source,
        {{ record_id("movement || '/' || side") }} as stock_movement_id,
        lower(kind) as kind,
        at_location as location,
        sku,
        moved_on as moved_at,
        signed_quantity as quantity,
        note,
        synced_at
    from sided
)

select {{ conform('stock_movements') }} from final
