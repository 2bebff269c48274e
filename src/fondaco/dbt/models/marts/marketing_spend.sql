{{ config(tags=['profit']) }}

-- What was spent on marketing, whose spend it is, and who bears it.
with spent as (
    select * from {{ ref('core_cost_days') }}
    where kind = 'marketing'
),

pools as (
    select * from {{ ref('core_marketing_pools') }}
),

final as (
    select
        spent.tenant_id,
        spent.cost_date,
        spent.entry_id,
        spent.name,
        spent.role,
        spent.platform,
        spent.account_id,
        spent.campaign_id,
        pools.shops,
        pools.borne_by,
        spent.amount,
        spent.entry_amount,
        spent.entry_currency
    from spent
    inner join pools
        on spent.entry_id = pools.entry_id
        and spent.cost_date = pools.cost_date
        and spent.tenant_id = pools.tenant_id
)

select * from final
order by cost_date
