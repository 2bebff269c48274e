{{ config(tags=['profit']) }}

-- A cost in a currency that nobody quotes would be no cost at all.
with costs as (
    select tenant_id, currency
    from {{ ref('core_cost_entries') }}
    where amount is not null
    union
    select tenant_id, currency
    from {{ ref('core_unit_costs') }}
    where unit_cost is not null
),

rates as (
    select distinct tenant_id, currency
    from {{ ref('core_exchange_rates_daily') }}
    where exchange_rate is not null
)

select
    costs.tenant_id,
    costs.currency
from costs
left join rates
    on costs.currency = rates.currency
    and costs.tenant_id = rates.tenant_id
where rates.currency is null
