-- Marketing of a day, shared by the orders of that day by their value (of one shop where it was spent for one; else of all).
-- Shares add up to what was spent. What was spent on a day without orders stays with the day.
with spent as (
    select
        tenant_id,
        cost_date,
        connection_id,
        sum(amount) as amount
    from {{ ref('core_cost_days') }}
    where kind = 'marketing'
    group by tenant_id, cost_date, connection_id
),

values_of_orders as (
    select * from {{ ref('core_order_values') }}
    where bears_marketing
),

joined as (
    select
        spent.tenant_id,
        spent.cost_date,
        spent.connection_id as spent_for,
        spent.amount,
        orders.order_id,
        orders.value_weight,
        sum(orders.value_weight) over (
            partition by spent.tenant_id, spent.cost_date, spent.connection_id
        ) as day_weight
    from spent
    inner join values_of_orders as orders
        on spent.cost_date = orders.order_date
        and (spent.connection_id is null or spent.connection_id = orders.connection_id)
        and spent.tenant_id = orders.tenant_id
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
        sum(weight) over (partition by tenant_id, cost_date, spent_for) as whole,
        sum(weight) over (
            partition by tenant_id, cost_date, spent_for order by order_id
            rows between unbounded preceding and current row
        ) as running
    from weighed
),

final as (
    select
        tenant_id,
        order_id,
        cost_date,
        spent_for,
        cast(
            {{ cascade('amount', '((running - weight) / whole)', '(running / whole)') }} as {{ contract_type('money') }}
        ) as amount
    from summed
)

select * from final
