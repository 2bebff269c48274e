-- Marketing of a day, shared by the orders that bear it by their value. Shares add up to what was spent.
with spent as (
    select
        tenant_id,
        cost_date,
        pool,
        sum(amount) as amount
    from {{ ref('core_marketing_pools') }}
    where pool is not null
    group by tenant_id, cost_date, pool
),

bearers as (
    select * from {{ ref('core_marketing_bearers') }}
),

joined as (
    select
        spent.tenant_id,
        spent.cost_date,
        spent.pool,
        spent.amount,
        bearers.order_id,
        bearers.value_weight
    from spent
    inner join bearers
        on spent.cost_date = bearers.cost_date
        and spent.pool = bearers.pool
        and spent.tenant_id = bearers.tenant_id
),

-- One order of rows for all four: they are sorted once.
summed as (
    select
        *,
        sum(value_weight) over whole_day as day_weight,
        sum(value_weight) over until_here as day_running,
        count(*) over whole_day as day_orders,
        row_number() over (partition by tenant_id, cost_date, pool order by order_id) as place
    from joined
    window
        whole_day as (
            partition by tenant_id, cost_date, pool order by order_id
            rows between unbounded preceding and unbounded following
        ),
        until_here as (
            partition by tenant_id, cost_date, pool order by order_id
            rows between unbounded preceding and current row
        )
),

-- Free orders alone share alike.
weighed as (
    select
        *,
        case when day_weight = 0 then 1 else value_weight end as weight,
        case when day_weight = 0 then cast(day_orders as double precision) else day_weight end as whole,
        case when day_weight = 0 then cast(place as double precision) else day_running end as running
    from summed
),

final as (
    select
        tenant_id,
        order_id,
        cost_date,
        pool,
        cast(
            {{ cascade('amount', '((running - weight) / whole)', '(running / whole)') }} as {{ contract_type('money') }}
        ) as amount
    from weighed
)

select * from final
