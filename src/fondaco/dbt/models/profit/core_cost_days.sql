-- What runs on by itself, day by day: marketing over its days, fixed costs over the days of each month. The days of an
-- entry, or of a whole month, add up to its amount; days to come are not spent yet. What has no first day
-- begins with the merchant's first order.
{%- set next_month = "cast(calendar.month_start_date + interval '1 month' as date)" %}
with entries as (
    select * from {{ ref('core_cost_entries') }}
    where kind in ('marketing', 'fixed') and amount is not null
),

calendar as (
    select * from {{ ref('core_calendar') }}
),

rates as (
    select * from {{ ref('core_exchange_rates_daily') }}
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

final as (
    select
        shared.tenant_id,
        shared.entry_id,
        shared.cost_date,
        shared.kind,
        shared.item as name,
        shared.connection_id,
        {{ converted('shared.day_amount', 'rates.exchange_rate') }} as amount,
        shared.day_amount as entry_amount,
        shared.currency as entry_currency
    from shared
    left join rates
        on shared.currency = rates.currency
        and shared.cost_date = rates.rate_date
        and shared.tenant_id = rates.tenant_id
)

select * from final
