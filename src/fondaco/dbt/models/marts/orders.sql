{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='append_new_columns',
    pre_hook="{{ forget_changed('core_mart_changes') }}"
) }}

with orders as (
    select * from {{ ref('core_orders') }}
    {{ only_changed('core_mart_changes') }}
),

order_persons as (
    select * from {{ ref('core_order_persons') }}
),

rates as (
    select * from {{ ref('core_exchange_rates_daily') }}
),

ledger as (
    {{ filtered_ledger(only_changed('core_mart_changes')) }}
),

-- What shops with another currency than the reporting one count themselves; all others have the same amounts twice.
foreign_events as (
    select * from {{ ref('core_sales_events') }}
    {{ only_changed('core_mart_changes') }}
),

-- Order clock: whatever happened to the order later counts here too, each event at the rate of its own day.
summed as (
    select
        tenant_id,
        order_id,
        cast(sum(units_sold) as bigint) as units_sold,
        cast(sum(units_returned) as bigint) as units_returned,
        {%- for figure in sales_figures() %}
        sum({{ figure }}) as {{ figure }}{{ ',' if not loop.last }}
        {%- endfor %}
    from ledger
    group by tenant_id, order_id
),

totals as (
    select
        *,
        units_sold - units_returned as net_units,
        gross_sales - discounts - returns as net_sales,
        gross_sales - discounts - returns + shipping + taxes + duties + additional_fees as total_sales
    from summed
),

foreign_summed as (
    select
        tenant_id,
        order_id,
        {%- for figure in sales_figures() %}
        sum({{ figure }}) as {{ figure }}{{ ',' if not loop.last }}
        {%- endfor %}
    from foreign_events
    where is_counted and currency <> reporting_currency
    group by tenant_id, order_id
),

shop_totals as (
    select
        *,
        gross_sales - discounts - returns as net_sales,
        gross_sales - discounts - returns + shipping + taxes + duties + additional_fees as total_sales
    from foreign_summed
),

final as (
    select
        orders.tenant_id,
        orders.order_id,
        orders.connection_id,
        orders.source,
        orders.source_order_id,
        orders.order_number,
        order_persons.person_id,
        orders.customer_id,
        cast(order_persons.order_sequence as bigint) as order_sequence,
        coalesce(order_persons.order_sequence = 1, false) as is_first_order,
        order_persons.customer_type,
        orders.ordered_at,
        orders.order_date,
        orders.order_hour,
        orders.cancelled_at,
        orders.order_status,
        orders.financial_status,
        orders.channel,
        orders.country,
        orders.city,
        orders.is_cancelled,
        orders.discount_codes,
        {%- for units in ledger_units() %}
        coalesce(totals.{{ units }}, 0) as {{ units }},
        {%- endfor %}
        orders.reporting_currency as currency,
        {%- for amount in ledger_amounts() %}
        {{ 'cast(coalesce(totals.' ~ amount ~ ', 0) as ' ~ contract_type('money') ~ ')' }} as {{ amount }},
        {%- endfor %}
        orders.currency as shop_currency,
        rates.exchange_rate,
        {%- for amount in ['gross_sales', 'discounts', 'returns', 'net_sales', 'shipping', 'taxes', 'total_sales'] %}
        cast(
            coalesce(
                case
                    when orders.currency = orders.reporting_currency then totals.{{ amount }}
                    else shop_totals.{{ amount }}
                end,
                0
            ) as {{ contract_type('money') }}
        ) as shop_{{ amount }},
        {%- endfor %}
        orders.vendor_total as shop_vendor_total
    from orders
    inner join order_persons
        on orders.order_id = order_persons.order_id
        and orders.tenant_id = order_persons.tenant_id
    left join totals
        on orders.order_id = totals.order_id
        and orders.tenant_id = totals.tenant_id
    left join shop_totals
        on orders.order_id = shop_totals.order_id
        and orders.tenant_id = shop_totals.tenant_id
    left join rates
        on orders.order_date = rates.rate_date
        and orders.currency = rates.currency
        and orders.tenant_id = rates.tenant_id
    where orders.is_counted
)

select * from final
