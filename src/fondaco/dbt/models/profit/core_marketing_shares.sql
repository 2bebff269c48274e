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
        bearers.value_weight,
        sum(bearers.value_weight) over (partition by spent.tenant_id, spent.cost_date, spent.pool) as day_weight
    from spent
    inner join bearers
        on spent.cost_date = bearers.cost_date
        and spent.pool = bearers.pool
        and spent.tenant_id = bearers.tenant_id
),

-- Free orders alone share alike.
weighed as (
    select
        *,
        case when day_weight = 0 then 1 else value_weight end as weight
    from joined
),

summed as (
    select
        *,
        sum(weight) over (partition by tenant_id, cost_date, pool) as whole,
        sum(weight) over (
            partition by tenant_id, cost_date, pool order by order_id
            rows between unbounded preceding and current row
        ) as running
    from weighed
),

final as (
    select
        tenant_id,
        order_id,
        cost_date,
        pool,
        cast(
            {{ cascade(
                'amount',
                '(cast(running - weight as double precision) / cast(whole as double precision))',
                '(cast(running as double precision) / cast(whole as double precision))'
            ) }}
            as {{ contract_type('money') }}
        ) as amount
    from summed
)

select * from final
