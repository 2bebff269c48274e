-- Units of the reporting currency for one unit of a currency, for every day: the newest rate on or before the day
-- (before the first: the first), crossed through the provider's base currency.
with rates as (
    select
        tenant_id,
        rate_date,
        base_currency,
        currency,
        max(rate) as rate
    from {{ source('fondaco', 'exchange_rates') }}
    where rate > 0
    group by tenant_id, rate_date, base_currency, currency
),

connections as (
    select * from {{ ref('core_connections') }}
),

calendar as (
    select date_day from {{ ref('core_calendar') }}
),

used as (
    select tenant_id, currency from connections
    union
    select tenant_id, reporting_currency as currency from connections
    union
    select tenant_id, currency from {{ ref('core_orders') }}
    union
    select tenant_id, currency from {{ ref('core_payments') }}
    union
    select tenant_id, currency from {{ ref('core_refunds') }}
    union
    select tenant_id, currency from {{ ref('core_fees') }}
    union
    select tenant_id, currency from {{ ref('core_cost_entries') }}
    union
    select tenant_id, currency from {{ ref('core_unit_costs') }}
    union
    select tenant_id, currency from {{ ref('core_ad_spend') }}
    union
    select tenant_id, currency from {{ ref('core_message_figures') }}
),

reporting as (
    select
        tenant_id,
        min(reporting_currency) as reporting_currency
    from connections
    group by tenant_id
),

-- One base per tenant: the one with most rates, so that a day never mixes two providers.
bases as (
    select
        tenant_id,
        base_currency,
        row_number() over (partition by tenant_id order by count(*) desc, base_currency) as position
    from rates
    group by tenant_id, base_currency
),

quoted as (
    select
        rates.tenant_id,
        rates.rate_date,
        rates.currency,
        rates.rate
    from rates
    inner join bases
        on rates.tenant_id = bases.tenant_id
        and rates.base_currency = bases.base_currency
    inner join used
        on rates.tenant_id = used.tenant_id
        and rates.currency = used.currency
    where bases.position = 1 and rates.currency <> rates.base_currency
),

first_quoted as (
    select
        tenant_id,
        currency,
        min(rate_date) as rate_date
    from quoted
    group by tenant_id, currency
),

days as (
    select
        first_quoted.tenant_id,
        first_quoted.currency,
        first_quoted.rate_date as first_rate_date,
        calendar.date_day
    from first_quoted
    cross join calendar
    union
    select
        quoted.tenant_id,
        quoted.currency,
        first_quoted.rate_date as first_rate_date,
        quoted.rate_date as date_day
    from quoted
    inner join first_quoted
        on quoted.tenant_id = first_quoted.tenant_id
        and quoted.currency = first_quoted.currency
),

effective as (
    select
        days.tenant_id,
        days.currency,
        days.date_day,
        coalesce(
            max(quoted.rate_date) over (
                partition by days.tenant_id, days.currency
                order by days.date_day
                rows between unbounded preceding and current row
            ),
            days.first_rate_date
        ) as rate_date
    from days
    left join quoted
        on days.tenant_id = quoted.tenant_id
        and days.currency = quoted.currency
        and days.date_day = quoted.rate_date
),

per_base as (
    select
        effective.tenant_id,
        effective.currency,
        effective.date_day,
        effective.rate_date,
        quoted.rate
    from effective
    inner join quoted
        on effective.tenant_id = quoted.tenant_id
        and effective.currency = quoted.currency
        and effective.rate_date = quoted.rate_date
    union all
    select
        bases.tenant_id,
        bases.base_currency as currency,
        calendar.date_day,
        calendar.date_day as rate_date,
        1 as rate
    from bases
    cross join calendar
    where bases.position = 1
),

pairs as (
    select
        used.tenant_id,
        calendar.date_day as rate_date,
        used.currency,
        reporting.reporting_currency
    from used
    inner join reporting on used.tenant_id = reporting.tenant_id
    cross join calendar
    where used.currency is not null
),

-- The quotient of two published rates: of its twelve decimals double precision holds fifteen digits, more than rates have.
final as (
    select
        pairs.tenant_id,
        pairs.rate_date,
        pairs.currency,
        pairs.reporting_currency,
        case
            when pairs.currency = pairs.reporting_currency then cast(1 as {{ contract_type('rate') }})
            else cast(
                cast(reporting_side.rate as double precision) / cast(currency_side.rate as double precision)
                as {{ contract_type('rate') }}
            )
        end as exchange_rate,
        case
            when pairs.currency = pairs.reporting_currency then pairs.rate_date
            else least(reporting_side.rate_date, currency_side.rate_date)
        end as quoted_date
    from pairs
    left join per_base as reporting_side
        on pairs.tenant_id = reporting_side.tenant_id
        and pairs.reporting_currency = reporting_side.currency
        and pairs.rate_date = reporting_side.date_day
    left join per_base as currency_side
        on pairs.tenant_id = currency_side.tenant_id
        and pairs.currency = currency_side.currency
        and pairs.rate_date = currency_side.date_day
)

select * from final
