-- What runs on by itself, day by day: marketing over its days, fixed costs over the days of each month, the spend of ad
-- accounts, what messages cost, and what platforms charged that no order bears: fees of the
-- account, and of orders that count in no sales. The days of an entry, or of a whole month, add up to its amount; days to
-- come are not spent yet. What has no first day begins with the merchant's first order.
{%- set next_month = "cast(calendar.month_start_date + interval '1 month' as date)" %}
with entries as (
    select * from {{ ref('core_cost_entries') }}
    where kind in ('marketing', 'fixed') and amount is not null
),

calendar as (
    select * from {{ ref('core_calendar') }}
),

spend as (
    select
        tenant_id,
        campaign_id as entry_id,
        'ads' as role,
        connection_id as account_id,
        source,
        campaign_id,
        spend_date,
        spend,
        currency
    from {{ ref('core_ad_spend') }}
    where spend <> 0
    union all
    select
        tenant_id,
        coalesce(entry_id || '/', '') || coalesce(campaign_id, connection_id, platform) as entry_id,
        'messages' as role,
        connection_id as account_id,
        platform as source,
        campaign_id,
        cost_date as spend_date,
        sum(amount) as spend,
        currency
    from {{ ref('core_message_costs') }}
    where amount <> 0
    group by tenant_id, entry_id, connection_id, platform, campaign_id, cost_date, currency
),

campaigns as (
    select * from {{ ref('core_campaigns') }}
),

connections as (
    select * from {{ ref('core_connections') }}
),

rates as (
    select * from {{ ref('core_exchange_rates_daily') }}
),

fees as (
    select * from {{ ref('fees') }}
),

bearers as (
    select distinct
        tenant_id,
        order_id
    from {{ ref('core_cost_shares') }}
    where (tenant_id, order_id) in (
        select
            of_orders.tenant_id,
            of_orders.order_id
        from fees as of_orders
        where of_orders.order_id is not null
    )
),

today as (
    select
        tenant_id,
        max(today_date) as today_date
    from {{ ref('core_connections') }}
    group by tenant_id
),

begins as (
    select
        tenant_id,
        min(order_date) as first_date
    from {{ ref('core_orders') }}
    where is_counted
    group by tenant_id
),

days as (
    select
        entries.*,
        calendar.date_day as cost_date,
        case when entries.kind = 'marketing'
            then {{ days_between('entries.valid_from', 'calendar.date_day') }}
            else {{ days_between('calendar.month_start_date', 'calendar.date_day') }}
        end as days_before,
        case when entries.kind = 'marketing'
            then {{ days_between('entries.valid_from', 'entries.valid_to') }} + 1
            else {{ days_between('calendar.month_start_date', next_month) }}
        end as days_in_all
    from entries
    inner join today on entries.tenant_id = today.tenant_id
    left join begins on entries.tenant_id = begins.tenant_id
    inner join calendar
        on today.today_date >= calendar.date_day
        and coalesce(entries.valid_from, begins.first_date) <= calendar.date_day
        and {{ holds_on('entries', 'calendar.date_day') }}
),

shared as (
    select
        *,
        cast(
            {{ cascade(
                'amount',
                'cast(days_before as double precision) / days_in_all',
                'cast(days_before + 1 as double precision) / days_in_all'
            ) }}
            as {{ contract_type('money') }}
        ) as day_amount
    from days
),

united as (
    select
        tenant_id,
        entry_id,
        cost_date,
        kind,
        case when kind = 'fixed' then 'fixed_costs' else 'marketing_costs' end as profit_line,
        item as name,
        connection_id,
        cast(null as {{ contract_type('text') }}) as role,
        cast(null as {{ contract_type('text') }}) as platform,
        cast(null as {{ contract_type('text') }}) as account_id,
        cast(null as {{ contract_type('text') }}) as campaign_id,
        day_amount as entry_amount,
        currency as entry_currency
    from shared
    union all
    select
        spend.tenant_id,
        spend.entry_id,
        spend.spend_date as cost_date,
        'marketing' as kind,
        'marketing_costs' as profit_line,
        coalesce(campaigns.name, spend.campaign_id, connections.name, spend.source) as name,
        cast(null as {{ contract_type('text') }}) as connection_id,
        spend.role,
        spend.source as platform,
        spend.account_id,
        spend.campaign_id,
        spend.spend as entry_amount,
        spend.currency as entry_currency
    from spend
    left join campaigns
        on spend.campaign_id = campaigns.campaign_id
        and spend.tenant_id = campaigns.tenant_id
    left join connections
        on spend.account_id = connections.connection_id
        and spend.tenant_id = connections.tenant_id
    union all
    select
        fees.tenant_id,
        fees.fee_id as entry_id,
        fees.charged_date as cost_date,
        case when fees.profit_line = 'marketing_costs' then 'marketing' else 'fee' end as kind,
        fees.profit_line,
        fees.name,
        fees.connection_id,
        cast(null as {{ contract_type('text') }}) as role,
        cast(null as {{ contract_type('text') }}) as platform,
        cast(null as {{ contract_type('text') }}) as account_id,
        cast(null as {{ contract_type('text') }}) as campaign_id,
        fees.shop_amount as entry_amount,
        fees.shop_currency as entry_currency
    from fees
    left join bearers
        on fees.order_id = bearers.order_id
        and fees.tenant_id = bearers.tenant_id
    where bearers.order_id is null
),

final as (
    select
        united.tenant_id,
        united.entry_id,
        united.cost_date,
        united.kind,
        united.profit_line,
        united.name,
        united.connection_id,
        united.role,
        united.platform,
        united.account_id,
        united.campaign_id,
        {{ converted('united.entry_amount', 'rates.exchange_rate') }} as amount,
        united.entry_amount,
        united.entry_currency
    from united
    left join rates
        on united.entry_currency = rates.currency
        and united.cost_date = rates.rate_date
        and united.tenant_id = rates.tenant_id
)

select * from final
