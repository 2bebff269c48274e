-- Whose spend it is: the shops of each amount of marketing and day. An entry for one shop says so itself; what an account
-- spent belongs to the shops that the cost sheet says of its campaign, by the longest name that fits, else of the account.
-- What nobody speaks of has no row, and belongs to every shop.
with spent as (
    select * from {{ ref('core_cost_days') }}
    where kind = 'marketing'
),

entries as (
    select * from {{ ref('core_cost_entries') }}
    where kind in ('account_of_shop', 'campaigns_of_shop')
),

campaigns as (
    select * from {{ ref('core_campaigns') }}
),

named as (
    select
        campaigns.tenant_id,
        campaigns.campaign_id,
        entries.connection_id,
        entries.valid_from,
        entries.last_day,
        length(replace(entries.item, '*', '')) as letters
    from campaigns
    inner join entries
        on {{ is_named_like('campaigns.name', 'entries.item') }}
        and campaigns.tenant_id = entries.tenant_id
    where entries.kind = 'campaigns_of_shop'
),

said as (
    select
        tenant_id,
        entry_id,
        cost_date,
        connection_id,
        0 as letters
    from spent
    where connection_id is not null
    union all
    select
        spent.tenant_id,
        spent.entry_id,
        spent.cost_date,
        entries.connection_id,
        0 as letters
    from spent
    inner join entries
        on spent.account_id = entries.item
        and entries.kind = 'account_of_shop'
        and {{ holds_on('entries', 'spent.cost_date') }}
        and spent.tenant_id = entries.tenant_id
    union all
    select
        spent.tenant_id,
        spent.entry_id,
        spent.cost_date,
        named.connection_id,
        named.letters
    from spent
    inner join named
        on spent.campaign_id = named.campaign_id
        and {{ holds_on('named', 'spent.cost_date') }}
        and spent.tenant_id = named.tenant_id
),

ranked as (
    select
        *,
        max(letters) over (partition by tenant_id, entry_id, cost_date) as most_letters
    from said
),

closest as (
    select distinct
        tenant_id,
        entry_id,
        cost_date,
        connection_id
    from ranked
    where letters = most_letters
),

together as (
    select
        tenant_id,
        entry_id,
        cost_date,
        string_agg(connection_id, ',' order by connection_id) as shops
    from closest
    group by tenant_id, entry_id, cost_date
),

final as (
    select
        closest.tenant_id,
        closest.entry_id,
        closest.cost_date,
        together.shops,
        closest.connection_id
    from closest
    inner join together
        on closest.entry_id = together.entry_id
        and closest.cost_date = together.cost_date
        and closest.tenant_id = together.tenant_id
)

select * from final
