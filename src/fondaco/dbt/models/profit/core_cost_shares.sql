{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='append_new_columns',
    pre_hook="{{ forget_changed('core_mart_changes') }}"
) }}

-- The part that each row of the ledger bears of what its order cost as a whole, as two points of a way from 0 to 1: by the
-- value of what was ordered; where nothing was, the first row bears all.
with ledger as (
    {{ filtered_ledger(only_changed('core_mart_changes')) }}
),

weighed as (
    select
        tenant_id,
        order_id,
        sales_event_id,
        order_date,
        case
            when line_type = 'product' and event_type = 'order'
                then floor(1000 * greatest(cast(gross_sales - discounts as double precision), 0))
            else cast(0 as double precision)
        end as weight
    from ledger
),

-- One order of rows for all three: they are sorted once.
summed as (
    select
        *,
        sum(weight) over (
            partition by tenant_id, order_id order by sales_event_id
            rows between unbounded preceding and unbounded following
        ) as whole,
        sum(weight) over (
            partition by tenant_id, order_id order by sales_event_id
            rows between unbounded preceding and current row
        ) as running,
        row_number() over (partition by tenant_id, order_id order by sales_event_id) as place
    from weighed
),

final as (
    select
        tenant_id,
        order_id,
        sales_event_id,
        case when whole > 0 then (running - weight) / whole else 0 end as share_before,
        case when whole > 0 then running / whole else 1 end as share_after
    from summed
    where weight > 0 or (whole = 0 and place = 1)
)

select * from final
