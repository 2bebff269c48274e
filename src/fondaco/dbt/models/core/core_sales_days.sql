{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='append_new_columns',
    pre_hook="{{ forget_changed_days() }}"
) }}

{%- set keys = 'tenant_id, connection_id, source, country, channel, customer_type, order_date' %}
{%- set amounts = ledger_amounts() %}
{%- set units = ledger_units() %}
{%- set counts = ['orders', 'new_customer_orders', 'returning_customer_orders', 'refunds'] %}
{%- set moneys = ['refunded_amount', 'payments_received', 'payment_fees'] %}
-- Sums by both days, of the order and of what happened: each clock of sales_daily adds up a fraction of the ledger's rows.
-- Of shops' days on which nothing changed they stand.
with ledger as (
    {{ filtered_ledger(only_changed_days()) }}
),

orders as (
    select * from {{ ref('orders') }}
    {{ only_changed_days() }}
),

refunds as (
    select * from {{ ref('refunds') }}
    {{ only_changed_days() }}
),

payments as (
    select * from {{ ref('payments') }}
    {{ only_changed_days() }}
),

parts as (
    select
        {{ keys }},
        event_date as happened_date,
        {%- for name in amounts + units %}
        sum({{ name }}) as {{ name }},
        {%- endfor %}
        {{- zeros(counts + moneys) }}
    from ledger
    group by {{ keys }}, event_date
    union all
    select
        {{ keys }},
        order_date as happened_date,
        {{- zeros(amounts + units) }},
        count(order_sequence) as orders,
        count(case when customer_type = 'new' then 1 end) as new_customer_orders,
        count(case when customer_type = 'returning' then order_sequence end) as returning_customer_orders,
        0 as refunds,
        {{- zeros(moneys) }}
    from orders
    group by {{ keys }}
    union all
    select
        {{ keys }},
        refunded_date as happened_date,
        {{- zeros(amounts + units) }},
        0 as orders,
        0 as new_customer_orders,
        0 as returning_customer_orders,
        count(*) as refunds,
        sum(amount) as refunded_amount,
        0 as payments_received,
        0 as payment_fees
    from refunds
    group by {{ keys }}, refunded_date
    union all
    select
        {{ keys }},
        processed_date as happened_date,
        {{- zeros(amounts + units + counts) }},
        0 as refunded_amount,
        sum(received) as payments_received,
        sum(fee) as payment_fees
    from payments
    group by {{ keys }}, processed_date
),

final as (
    select
        {{ keys }},
        happened_date,
        {%- for name in amounts + moneys %}
        {{ total(name) }} as {{ name }},
        {%- endfor %}
        {%- for name in units + counts %}
        cast(sum({{ name }}) as bigint) as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from parts
    group by {{ keys }}, happened_date
)

select * from final
