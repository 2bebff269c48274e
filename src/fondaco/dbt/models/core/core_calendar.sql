-- Every day from the first that anything happened on to today in the shop farthest east, or the last event.
with bounds as (
    select
        min(order_date) as first_date,
        max(order_date) as last_date
    from {{ ref('core_orders') }}
    union all
    select
        min(event_date) as first_date,
        max(event_date) as last_date
    from {{ ref('core_sales_events') }}
    union all
    select
        min(refunded_date) as first_date,
        max(refunded_date) as last_date
    from {{ ref('core_refunds') }}
    union all
    select
        min(processed_date) as first_date,
        max(processed_date) as last_date
    from {{ ref('core_payments') }}
    union all
    select
        min(charged_date) as first_date,
        max(charged_date) as last_date
    from {{ ref('core_fees') }}
    union all
    select
        min(today_date) as first_date,
        max(today_date) as last_date
    from {{ ref('core_connections') }}
    union all
    select
        min(valid_from) as first_date,
        min(valid_from) as last_date
    from {{ ref('core_cost_entries') }}
    where
        kind in ('marketing', 'fixed', 'message_plan', 'message_plan_sends', 'message_price')
        and valid_from <= cast({{ run_instant() }} as date)
    union all
    select
        min(spend_date) as first_date,
        max(spend_date) as last_date
    from {{ ref('core_ad_spend') }}
    union all
    select
        min(send_date) as first_date,
        max(send_date) as last_date
    from {{ ref('core_message_figures') }}
    union all
    select
        cast({{ run_instant() }} as date) as first_date,
        cast({{ run_instant() }} as date) as last_date
),

span as (
    select
        min(first_date) as first_date,
        max(last_date) as last_date
    from bounds
),

days as (
    select {{ day_series('first_date', 'last_date') }} as date_day
    from span
),

final as (
    select
        date_day,
        cast(date_trunc('week', date_day) as date) as week_start_date,
        cast(date_trunc('month', date_day) as date) as month_start_date,
        cast(date_trunc('quarter', date_day) as date) as quarter_start_date,
        cast(date_trunc('year', date_day) as date) as year_start_date,
        cast(extract(isodow from date_day) as bigint) as weekday
    from days
)

select * from final
