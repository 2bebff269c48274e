{%- set keys = 'tenant_id, connection_id, source, country, channel, customer_type' %}
{%- set amounts = ledger_amounts() %}
{%- set units = ledger_units() %}
{%- set counts = ['orders', 'new_customer_orders', 'returning_customer_orders', 'refunds'] %}
{%- set moneys = ['refunded_amount', 'payments_received', 'payment_fees'] %}
with days as (
    select * from {{ ref('core_sales_days') }}
),

connections as (
    select * from {{ ref('core_connections') }}
),

calendar as (
    select * from {{ ref('core_calendar') }}
),

-- Both clocks: an event counts on its own day (finance) or on its order's day (order).
happened as (
    {%- for clock, day in {'finance': 'happened_date', 'order': 'order_date'}.items() %}
    select
        '{{ clock }}' as clock,
        {{ day }} as sales_date,
        {{ keys }},
        {%- for name in amounts + moneys %}
        {{ total(name) }} as {{ name }},
        {%- endfor %}
        {%- for name in units + counts %}
        cast(sum({{ name }}) as bigint) as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from days
    group by {{ day }}, {{ keys }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

-- Every shop has a row for every day of each clock, through today: a day without sales is a fact, not a gap.
first_days as (
    select
        connections.tenant_id,
        connections.connection_id,
        connections.source,
        connections.today_date,
        coalesce(min(happened.sales_date), connections.today_date) as first_date
    from connections
    left join happened
        on connections.connection_id = happened.connection_id
        and connections.tenant_id = happened.tenant_id
    where connections.role = 'shop'
    group by connections.tenant_id, connections.connection_id, connections.source, connections.today_date
),

fillers as (
    select
        clocks.clock,
        calendar.date_day as sales_date,
        first_days.tenant_id,
        first_days.connection_id,
        first_days.source
    from first_days
    inner join calendar
        on first_days.first_date <= calendar.date_day
        and first_days.today_date >= calendar.date_day
    cross join (
        select 'finance' as clock
        union all
        select 'order' as clock
    ) as clocks
    left join happened
        on clocks.clock = happened.clock
        and calendar.date_day = happened.sales_date
        and first_days.connection_id = happened.connection_id
        and first_days.tenant_id = happened.tenant_id
    where happened.clock is null
),

dense as (
    select
        *,
        false as is_filler
    from happened
    union all
    select
        clock,
        sales_date,
        tenant_id,
        connection_id,
        source,
        null as country,
        null as channel,
        null as customer_type,
        {{- zeros(amounts + moneys + units + counts) }},
        true as is_filler
    from fillers
),

reporting as (
    select
        tenant_id,
        min(reporting_currency) as currency
    from connections
    group by tenant_id
),

final as (
    select
        dense.tenant_id,
        dense.clock,
        dense.sales_date,
        dense.connection_id,
        dense.source,
        dense.country,
        dense.channel,
        dense.customer_type,
        reporting.currency,
        dense.is_filler,
        {%- for name in amounts %}
        cast(dense.{{ name }} as {{ contract_type('money') }}) as {{ name }},
        {%- endfor %}
        {%- for name in units %}
        cast(dense.{{ name }} as bigint) as {{ name }},
        {%- endfor %}
        cast(dense.orders as bigint) as orders,
        cast(dense.new_customer_orders as bigint) as new_customer_orders,
        cast(dense.returning_customer_orders as bigint) as returning_customer_orders,
        cast(dense.refunds as bigint) as refunds,
        cast(dense.refunded_amount as {{ contract_type('money') }}) as refunded_amount,
        cast(dense.payments_received as {{ contract_type('money') }}) as payments_received,
        cast(dense.payment_fees as {{ contract_type('money') }}) as payment_fees
    from dense
    left join reporting on dense.tenant_id = reporting.tenant_id
)

select * from final
order by clock, sales_date, connection_id, country, channel, customer_type
