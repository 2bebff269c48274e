-- What messages cost, by campaign, channel and day. What their platform tells goes before the cost sheet. Of what it tells
-- nothing, each message has its price, and shares the plans of its account with all others of the month: their shares add up
-- to what the plan's days up to today cost. Where none was sent on any of a plan's days of a month, these stay with the
-- account; so do messages of which only a bill tells how many they were.
with figures as (
    select * from {{ ref('core_message_figures') }}
),

prices as (
    select
        *,
        {{ platform_of('item') }} as platform,
        {{ channel_of('item') }} as channel
    from {{ ref('core_cost_entries') }}
    where kind = 'message_price'
),

plans as (
    select * from {{ ref('core_message_plans') }}
),

calendar as (
    select * from {{ ref('core_calendar') }}
),

today as (
    select
        tenant_id,
        max(today_date) as today_date
    from {{ ref('core_connections') }}
    group by tenant_id
),

told as (
    select
        tenant_id,
        message_figure_id,
        connection_id,
        source as platform,
        campaign_id,
        channel,
        send_date as cost_date,
        'told' as basis,
        cast(null as {{ contract_type('text') }}) as entry_id,
        cost as amount,
        currency
    from figures
    where cost is not null
),

untold as (
    select * from figures
    where cost is null and sent > 0
),

priced_by as (
    select
        untold.*,
        prices.entry_id,
        prices.amount as price,
        prices.currency as price_currency,
        row_number() over (
            partition by untold.tenant_id, untold.message_figure_id
            order by
                case when prices.channel is not null then 0 else 1 end,
                case when prices.connection_id is not null then 0 else 1 end,
                coalesce(prices.valid_from, {{ first_day() }}) desc,
                prices.entry_id
        ) as closest
    from untold
    inner join prices
        on untold.source = prices.platform
        and coalesce(prices.channel, untold.channel) = untold.channel
        and coalesce(prices.connection_id, untold.connection_id) = untold.connection_id
        and {{ holds_on('prices', 'untold.send_date') }}
        and untold.tenant_id = prices.tenant_id
    where prices.messages is null
),

priced as (
    select
        tenant_id,
        message_figure_id,
        connection_id,
        source as platform,
        campaign_id,
        channel,
        send_date as cost_date,
        'price' as basis,
        entry_id,
        cast(cast(price as decimal(38, 6)) * sent as {{ contract_type('money') }}) as amount,
        price_currency as currency
    from priced_by
    where closest = 1
),

billed as (
    select
        prices.tenant_id,
        cast(null as {{ contract_type('text') }}) as message_figure_id,
        prices.connection_id,
        prices.platform,
        cast(null as {{ contract_type('text') }}) as campaign_id,
        prices.channel,
        calendar.date_day as cost_date,
        'bill' as basis,
        prices.entry_id,
        {{ cascade(
            '(cast(prices.amount as decimal(38, 6)) * prices.messages)',
            'cast(' ~ days_between('prices.valid_from', 'calendar.date_day') ~ ' as double precision) / ('
            ~ days_between('prices.valid_from', 'prices.valid_to') ~ ' + 1)',
            'cast(' ~ days_between('prices.valid_from', 'calendar.date_day') ~ ' + 1 as double precision) / ('
            ~ days_between('prices.valid_from', 'prices.valid_to') ~ ' + 1)'
        ) }} as amount,
        prices.currency
    from prices
    inner join today on prices.tenant_id = today.tenant_id
    inner join calendar
        on prices.valid_from <= calendar.date_day
        and prices.valid_to >= calendar.date_day
        and today.today_date >= calendar.date_day
    where prices.messages is not null
),

of_months as (
    select
        tenant_id,
        entry_id,
        connection_id,
        month_start_date,
        sum(amount) as amount
    from plans
    group by tenant_id, entry_id, connection_id, month_start_date
),

sharing as (
    select
        plans.tenant_id,
        plans.entry_id,
        plans.connection_id,
        plans.month_start_date,
        plans.platform,
        plans.currency,
        untold.message_figure_id,
        untold.campaign_id,
        untold.channel,
        untold.send_date,
        cast(sum(untold.sent) over (
            partition by plans.tenant_id, plans.entry_id, plans.connection_id, plans.month_start_date
        ) as double precision) as whole,
        cast(sum(untold.sent) over (
            partition by plans.tenant_id, plans.entry_id, plans.connection_id, plans.month_start_date
            order by untold.send_date, untold.message_figure_id
            rows between unbounded preceding and current row
        ) as double precision) as running,
        untold.sent
    from plans
    inner join untold
        on plans.connection_id = untold.connection_id
        and plans.cost_date = untold.send_date
        and coalesce(plans.channel, untold.channel) = untold.channel
        and plans.tenant_id = untold.tenant_id
),

shared as (
    select
        sharing.tenant_id,
        sharing.message_figure_id,
        sharing.connection_id,
        sharing.platform,
        sharing.campaign_id,
        sharing.channel,
        sharing.send_date as cost_date,
        'plan' as basis,
        sharing.entry_id,
        {{ cascade(
            'of_months.amount', '((sharing.running - sharing.sent) / sharing.whole)', '(sharing.running / sharing.whole)'
        ) }} as amount,
        sharing.currency
    from sharing
    inner join of_months
        on sharing.entry_id = of_months.entry_id
        and sharing.connection_id = of_months.connection_id
        and sharing.month_start_date = of_months.month_start_date
        and sharing.tenant_id = of_months.tenant_id
),

unshared as (
    select
        plans.tenant_id,
        cast(null as {{ contract_type('text') }}) as message_figure_id,
        plans.connection_id,
        plans.platform,
        cast(null as {{ contract_type('text') }}) as campaign_id,
        plans.channel,
        plans.cost_date,
        'plan' as basis,
        plans.entry_id,
        plans.amount,
        plans.currency
    from plans
    left join sharing
        on plans.entry_id = sharing.entry_id
        and plans.connection_id = sharing.connection_id
        and plans.month_start_date = sharing.month_start_date
        and plans.tenant_id = sharing.tenant_id
    where sharing.entry_id is null
),

united as (
    select * from told
    union all
    select * from priced
    union all
    select * from billed
    union all
    select * from shared
    union all
    select * from unshared
),

final as (
    select
        tenant_id,
        coalesce(entry_id || '/', '') || coalesce(
            message_figure_id, coalesce(connection_id, platform) || '/' || cast(cost_date as {{ contract_type('text') }})
        ) as message_cost_id,
        message_figure_id,
        connection_id,
        platform,
        campaign_id,
        channel,
        cost_date,
        basis,
        entry_id,
        cast(amount as {{ contract_type('money') }}) as amount,
        currency
    from united
)

select * from final
