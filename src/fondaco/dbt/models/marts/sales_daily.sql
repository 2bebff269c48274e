{%- set keys = 'tenant_id, connection_id, source, country, channel, customer_type' %}
{%- set amounts = ledger_amounts() %}
{%- set units = ledger_units() %}
-- Summed once by both days; each clock then adds up a fraction of the rows.
with ledger as (
    select
        event_date,
        order_date,
        {{ keys }},
        {%- for name in amounts + units %}
        sum({{ name }}) as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('sales_ledger') }}
    group by event_date, order_date, {{ keys }}
),

orders as (
    select * from {{ ref('orders') }}
),

refunds as (
    select * from {{ ref('refunds') }}
),

payments as (
    select * from {{ ref('payments') }}
),

connections as (
    select * from {{ ref('core_connections') }}
),

calendar as (
    select * from {{ ref('core_calendar') }}
),

-- Both clocks: an event counts on its own day (finance) or on its order's day (order).
{%- set clocks = {
    'finance': {'ledger': 'event_date', 'refunds': 'refunded_date', 'payments': 'processed_date'},
    'order': {'ledger': 'order_date', 'refunds': 'order_date', 'payments': 'order_date'}
} %}
{%- set counts = ['orders', 'new_customer_orders', 'returning_customer_orders', 'refunds'] %}
{%- set moneys = ['refunded_amount', 'payments_received', 'payment_fees'] %}
parts as (
    {%- for clock, dates in clocks.items() %}
    select
        '{{ clock }}' as clock,
        {{ dates['ledger'] }} as sales_date,
        {{ keys }},
        {%- for name in amounts + units %}
        sum({{ name }}) as {{ name }},
        {%- endfor %}
        {{- zeros(counts + moneys) }}
    from ledger
    group by {{ dates['ledger'] }}, {{ keys }}
    union all
    select
        '{{ clock }}' as clock,
        order_date as sales_date,
        {{ keys }},
        {{- zeros(amounts + units) }},
        count(order_sequence) as orders,
        count(case when customer_type = 'new' then 1 end) as new_customer_orders,
        count(case when customer_type = 'returning' then order_sequence end) as returning_customer_orders,
        0 as refunds,
        {{- zeros(moneys) }}
    from orders
    group by order_date, {{ keys }}
    union all
    select
        '{{ clock }}' as clock,
        {{ dates['refunds'] }} as sales_date,
        {{ keys }},
        {{- zeros(amounts + units) }},
        0 as orders,
        0 as new_customer_orders,
        0 as returning_customer_orders,
        count(*) as refunds,
        sum(amount) as refunded_amount,
        0 as payments_received,
        0 as payment_fees
    from refunds
    group by {{ dates['refunds'] }}, {{ keys }}
    union all
    select
        '{{ clock }}' as clock,
        {{ dates['payments'] }} as sales_date,
        {{ keys }},
        {{- zeros(amounts + units + counts) }},
        0 as refunded_amount,
        sum(received) as payments_received,
        sum(fee) as payment_fees
    from payments
    group by {{ dates['payments'] }}, {{ keys }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

happened as (
    select
        clock,
        sales_date,
        {{ keys }},
        {%- for name in amounts + moneys %}
        {{ total(name) }} as {{ name }},
        {%- endfor %}
        {%- for name in units + counts %}
        cast(sum({{ name }}) as bigint) as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from parts
    group by clock, sales_date, {{ keys }}
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
