with spans as (
    select
        tenant_id,
        connection_id,
        clock,
        min(sales_date) as first_date,
        count(distinct sales_date) as days
    from {{ ref('sales_daily') }}
    group by tenant_id, connection_id, clock
),

clocks as (
    select 'finance' as clock
    union all
    select 'order' as clock
)

select
    connections.tenant_id,
    connections.connection_id
from {{ ref('connections') }} as connections
cross join clocks
left join spans
    on connections.connection_id = spans.connection_id
    and clocks.clock = spans.clock
    and connections.tenant_id = spans.tenant_id
where
    connections.role = 'shop'
    and (spans.days is null or spans.days < connections.today_date - spans.first_date + 1)
