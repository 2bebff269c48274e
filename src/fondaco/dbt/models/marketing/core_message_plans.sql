-- What the plan of an account costs on each day, by the tier that its month is in: the days of a whole month add up to the
-- price. An account's own plan goes before that of its platform. Days to come are not paid for yet. A plan without a first
-- day begins with the first message that is known of its account, else with the merchant's first order.
{%- set next_month = "cast(calendar.month_start_date + interval '1 month' as date)" %}
with entries as (
    select
        *,
        {{ platform_of('item') }} as platform,
        {{ channel_of('item') }} as channel
    from {{ ref('core_cost_entries') }}
    where kind in ('message_plan', 'message_plan_sends')
),

accounts as (
    select * from {{ ref('core_connections') }}
    where role = 'messages'
),

calendar as (
    select * from {{ ref('core_calendar') }}
),

contacts as (
    select * from {{ ref('core_contact_months') }}
),

figures as (
    select * from {{ ref('core_message_figures') }}
),

first_sent as (
    select
        tenant_id,
        connection_id,
        min(send_date) as first_date
    from figures
    where sent > 0
    group by tenant_id, connection_id
),

begins as (
    select
        tenant_id,
        min(order_date) as first_date
    from {{ ref('core_orders') }}
    where is_counted
    group by tenant_id
),

sent as (
    select
        figures.tenant_id,
        figures.connection_id,
        calendar.month_start_date,
        figures.channel,
        sum(figures.sent) as sent
    from figures
    inner join calendar on figures.send_date = calendar.date_day
    group by figures.tenant_id, figures.connection_id, calendar.month_start_date, figures.channel
),

of_accounts as (
    select
        entries.*,
        accounts.connection_id as account_id,
        accounts.today_date,
        coalesce(entries.valid_from, first_sent.first_date, begins.first_date) as first_date
    from entries
    inner join accounts
        on entries.platform = accounts.source
        and coalesce(entries.connection_id, accounts.connection_id) = accounts.connection_id
        and entries.tenant_id = accounts.tenant_id
    left join first_sent
        on accounts.connection_id = first_sent.connection_id
        and accounts.tenant_id = first_sent.tenant_id
    left join begins on entries.tenant_id = begins.tenant_id
),

of_months as (
    select distinct
        of_accounts.tenant_id,
        of_accounts.entry_id,
        of_accounts.kind,
        of_accounts.channel,
        of_accounts.account_id,
        calendar.month_start_date
    from of_accounts
    inner join calendar
        on of_accounts.first_date <= calendar.date_day
        and of_accounts.today_date >= calendar.date_day
),

counted as (
    select
        of_months.tenant_id,
        of_months.entry_id,
        of_months.account_id,
        of_months.month_start_date,
        case
            when of_months.kind = 'message_plan_sends' then coalesce(sum(sent.sent), 0)
            when of_months.channel = 'email' then coalesce(min(contacts.email_contacts), 0)
            when of_months.channel in ('sms', 'mms') then coalesce(min(contacts.phone_contacts), 0)
            else coalesce(min(contacts.contacts), 0)
        end as counted
    from of_months
    left join sent
        on of_months.account_id = sent.connection_id
        and of_months.month_start_date = sent.month_start_date
        and coalesce(of_months.channel, sent.channel) = sent.channel
        and of_months.kind = 'message_plan_sends'
        and of_months.tenant_id = sent.tenant_id
    left join contacts
        on of_months.account_id = contacts.connection_id
        and of_months.month_start_date = contacts.month_start_date
        and of_months.tenant_id = contacts.tenant_id
    group by
        of_months.tenant_id,
        of_months.entry_id,
        of_months.account_id,
        of_months.month_start_date,
        of_months.kind,
        of_months.channel
),

days as (
    select
        of_accounts.tenant_id,
        of_accounts.entry_id,
        of_accounts.platform,
        of_accounts.channel,
        of_accounts.account_id as connection_id,
        calendar.date_day as cost_date,
        calendar.month_start_date,
        counted.counted,
        of_accounts.currency,
        cast(
            {{ cascade(
                'of_accounts.amount',
                'cast(' ~ days_between('calendar.month_start_date', 'calendar.date_day') ~ ' as double precision) / '
                ~ days_between('calendar.month_start_date', next_month),
                'cast(' ~ days_between('calendar.month_start_date', 'calendar.date_day') ~ ' + 1 as double precision) / '
                ~ days_between('calendar.month_start_date', next_month)
            ) }}
            as {{ contract_type('money') }}
        ) as amount,
        row_number() over (
            partition by
                of_accounts.tenant_id, of_accounts.kind, of_accounts.item, of_accounts.account_id, calendar.date_day
            order by
                case when of_accounts.connection_id is not null then 0 else 1 end,
                coalesce(of_accounts.valid_from, {{ first_day() }}) desc,
                of_accounts.entry_id
        ) as closest
    from of_accounts
    inner join calendar
        on of_accounts.first_date <= calendar.date_day
        and of_accounts.today_date >= calendar.date_day
        and {{ holds_on('of_accounts', 'calendar.date_day') }}
    inner join counted
        on of_accounts.entry_id = counted.entry_id
        and of_accounts.account_id = counted.account_id
        and calendar.month_start_date = counted.month_start_date
        and of_accounts.tenant_id = counted.tenant_id
        and coalesce(of_accounts.tier_from, 0) <= counted.counted
        and (of_accounts.tier_to is null or of_accounts.tier_to > counted.counted)
),

final as (
    select
        tenant_id,
        entry_id,
        platform,
        channel,
        connection_id,
        cost_date,
        month_start_date,
        counted,
        amount,
        currency
    from days
    where closest = 1
)

select * from final
