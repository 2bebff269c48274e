{{ config(tags=['profit']) }}

{%- set keys = 'tenant_id, connection_id, source, country, channel, customer_type, currency' %}
{%- set amounts = profit_amounts() %}
-- As sales_daily: summed once by both days, of which each clock adds up a fraction.
with ledger as (
    select
        event_date,
        order_date,
        {{ keys }},
        {%- for name in amounts %}
        sum({{ name }}) as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('profit_ledger') }}
    group by event_date, order_date, {{ keys }}
),

parts as (
    {%- for clock, day in {'finance': 'event_date', 'order': 'order_date'}.items() %}
    select
        '{{ clock }}' as clock,
        {{ day }} as profit_date,
        {{ keys }},
        {%- for name in amounts %}
        {{ total(name) }} as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from ledger
    group by {{ day }}, {{ keys }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

final as (
    select
        tenant_id,
        clock,
        profit_date,
        connection_id,
        source,
        country,
        channel,
        customer_type,
        currency,
        {%- for name in amounts %}
        {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from parts
)

select * from final
order by clock, profit_date
