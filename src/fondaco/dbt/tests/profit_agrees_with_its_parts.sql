{{ config(tags=['profit']) }}

-- Nothing is lost and nothing doubled on the way to profit: sales, what gateways took, what was spent on days, and partners'
-- shares, per merchant.
with ledger as (
    select
        tenant_id,
        sum(net_sales) as net_sales,
        sum(payment_costs) as payment_costs,
        sum(chargebacks) as chargebacks,
        sum(fixed_costs) as fixed_costs
    from {{ ref('profit_ledger') }}
    group by tenant_id
),

sales as (
    select tenant_id, sum(net_sales) as net_sales
    from {{ ref('sales_daily') }}
    where clock = 'finance'
    group by tenant_id
),

payments as (
    select tenant_id, sum(payment_costs) as payment_costs, sum(chargebacks) as chargebacks
    from {{ ref('core_payment_costs') }}
    group by tenant_id
),

days as (
    select tenant_id, sum(amount) as fixed_costs
    from {{ ref('core_cost_days') }}
    where kind = 'fixed'
    group by tenant_id
),

-- Shares add up to what was spent of everything that any order bears.
shares as (
    select tenant_id, cost_date, coalesce(spent_for, '') as spent_for, sum(amount) as amount
    from {{ ref('core_marketing_shares') }}
    group by tenant_id, cost_date, coalesce(spent_for, '')
),

spent as (
    select tenant_id, cost_date, coalesce(connection_id, '') as spent_for, sum(amount) as amount
    from {{ ref('core_cost_days') }}
    where kind = 'marketing'
    group by tenant_id, cost_date, coalesce(connection_id, '')
)

select ledger.tenant_id
from ledger
left join sales on ledger.tenant_id = sales.tenant_id
left join payments on ledger.tenant_id = payments.tenant_id
left join days on ledger.tenant_id = days.tenant_id
where
    ledger.net_sales <> coalesce(sales.net_sales, 0)
    or ledger.payment_costs <> coalesce(payments.payment_costs, 0)
    or ledger.chargebacks <> coalesce(payments.chargebacks, 0)
    or ledger.fixed_costs <> coalesce(days.fixed_costs, 0)
union all
select shares.tenant_id
from shares
inner join spent
    on shares.cost_date = spent.cost_date
    and shares.spent_for = spent.spent_for
    and shares.tenant_id = spent.tenant_id
where shares.amount <> spent.amount
