{{ config(tags=['profit']) }}

-- Nothing is lost and nothing doubled on the way to profit: sales, what gateways, carriers and platforms took, what was spent
-- on days, per merchant; and days tell what the ledger does.
{%- set told = ['shipping_costs', 'fulfilment_costs', 'payment_costs'] %}
with ledger as (
    select
        tenant_id,
        sum(net_sales) as net_sales,
        sum(payment_costs) as payment_costs,
        sum(chargebacks) as chargebacks,
        sum(fixed_costs) as fixed_costs,
        sum(shipping_costs) as shipping_costs,
        sum(fulfilment_costs) as fulfilment_costs,
        sum(cost_of_goods) as cost_of_goods,
        sum(marketing_costs) as marketing_costs
    from {{ ref('profit_ledger') }}
    group by tenant_id
),

sales as (
    select tenant_id, sum(net_sales) as net_sales
    from {{ ref('sales_daily') }}
    where clock = 'finance'
    group by tenant_id
),

-- An order whose sales have not arrived bears nothing yet.
bearers as (
    select distinct tenant_id, order_id
    from {{ ref('core_cost_shares') }}
),

payments as (
    select
        costs.tenant_id,
        sum(costs.payment_costs) as payment_costs,
        sum(costs.chargebacks) as chargebacks
    from {{ ref('core_payment_costs') }} as costs
    inner join bearers on costs.order_id = bearers.order_id and costs.tenant_id = bearers.tenant_id
    group by costs.tenant_id
),

orders as (
    select
        costs.tenant_id,
        sum(costs.shipping_costs) as shipping_costs,
        sum(costs.fulfilment_costs) as fulfilment_costs
    from {{ ref('core_order_costs') }} as costs
    inner join bearers on costs.order_id = bearers.order_id and costs.tenant_id = bearers.tenant_id
    group by costs.tenant_id
),

by_day as (
    select
        tenant_id,
        sum(cost_of_goods) as cost_of_goods,
        sum(marketing_costs) as marketing_costs
    from {{ ref('profit_daily') }}
    where clock = 'order'
    group by tenant_id
),

days as (
    select
        tenant_id,
        {%- for line in told + ['fixed_costs'] %}
        sum(case when profit_line = '{{ line }}' then amount else 0 end) as {{ line }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('core_cost_days') }}
    group by tenant_id
),

fee_costs as (
    select
        tenant_id,
        {%- for line in fee_lines() %}
        sum({{ line }}) as {{ line }},
        {%- endfor %}
        sum({{ fee_lines() | join(' + ') }}) as amount
    from {{ ref('core_fee_costs') }}
    group by tenant_id
),

-- Every fee that was told is borne by its order or its day, and by one of them only.
fees as (
    select tenant_id, sum(amount) as amount
    from {{ ref('fees') }}
    group by tenant_id
),

fee_days as (
    select tenant_id, sum(amount) as amount
    from {{ ref('core_cost_days') }}
    where entry_id in (select fee_id from {{ ref('fees') }})
    group by tenant_id
),

-- Shares add up to what was spent of everything that any order bears.
shares as (
    select tenant_id, cost_date, pool, sum(amount) as amount
    from {{ ref('core_marketing_shares') }}
    group by tenant_id, cost_date, pool
),

spent as (
    select tenant_id, cost_date, pool, sum(amount) as amount
    from {{ ref('core_marketing_pools') }}
    where pool is not null
    group by tenant_id, cost_date, pool
),

pooled as (
    select tenant_id, sum(amount) as amount
    from {{ ref('core_marketing_pools') }}
    group by tenant_id
),

paid as (
    select tenant_id, sum(amount) as amount
    from {{ ref('core_cost_days') }}
    where kind = 'marketing'
    group by tenant_id
)

select ledger.tenant_id
from ledger
left join sales on ledger.tenant_id = sales.tenant_id
left join payments on ledger.tenant_id = payments.tenant_id
left join days on ledger.tenant_id = days.tenant_id
left join orders on ledger.tenant_id = orders.tenant_id
left join by_day on ledger.tenant_id = by_day.tenant_id
left join fee_costs on ledger.tenant_id = fee_costs.tenant_id
where
    ledger.net_sales <> coalesce(sales.net_sales, 0)
    or ledger.payment_costs
    <> coalesce(payments.payment_costs, 0) + coalesce(fee_costs.payment_costs, 0) + coalesce(days.payment_costs, 0)
    or ledger.chargebacks <> coalesce(payments.chargebacks, 0)
    or ledger.fixed_costs <> coalesce(days.fixed_costs, 0)
    or ledger.shipping_costs
    <> coalesce(orders.shipping_costs, 0) + coalesce(fee_costs.shipping_costs, 0) + coalesce(days.shipping_costs, 0)
    or ledger.fulfilment_costs
    <> coalesce(orders.fulfilment_costs, 0) + coalesce(fee_costs.fulfilment_costs, 0) + coalesce(days.fulfilment_costs, 0)
    or ledger.cost_of_goods <> coalesce(by_day.cost_of_goods, 0)
    or ledger.marketing_costs <> coalesce(by_day.marketing_costs, 0)
union all
select spent.tenant_id
from spent
left join shares
    on spent.cost_date = shares.cost_date
    and spent.pool = shares.pool
    and spent.tenant_id = shares.tenant_id
where spent.amount <> coalesce(shares.amount, 0)
union all
select paid.tenant_id
from paid
left join pooled on paid.tenant_id = pooled.tenant_id
where paid.amount <> coalesce(pooled.amount, 0)
union all
select fees.tenant_id
from fees
left join fee_costs on fees.tenant_id = fee_costs.tenant_id
left join fee_days on fees.tenant_id = fee_days.tenant_id
where fees.amount <> coalesce(fee_costs.amount, 0) + coalesce(fee_days.amount, 0)
