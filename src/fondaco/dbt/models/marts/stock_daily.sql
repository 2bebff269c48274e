{{ config(tags=['each_run']) }}

{%- set figures = ['units', 'unpriced_units', 'items_in_stock', 'items_below_nothing', 'stock_value',
    'assumed_stock_value'] %}
-- What lies at each location on each day. A span adds its stock on its first day and takes it off after its last: the
-- running sum is that of all items, and no item needs a row for each day.
with spans as (
    select * from {{ ref('stock_spans') }}
),

locations as (
    select * from {{ ref('core_location_days') }}
),

reporting as (
    select
        tenant_id,
        min(reporting_currency) as currency
    from {{ ref('core_connections') }}
    group by tenant_id
),

changes as (
    {%- for day, sign in [('first_date', 1), (day_after('last_date'), -1)] %}
    select
        tenant_id,
        location_id,
        {{ day }} as stock_date,
        {{ sign }} * units as units,
        {{ sign }} * unpriced_units as unpriced_units,
        {{ sign }} * case when closing > 0 then 1 else 0 end as items_in_stock,
        {{ sign }} * case when closing < 0 then 1 else 0 end as items_below_nothing,
        {{ sign }} * stock_value as stock_value,
        {{ sign }} * assumed_stock_value as assumed_stock_value
    from spans
    {{- '\n    union all' if not loop.last }}
    {%- endfor %}
),

changed as (
    select
        tenant_id,
        location_id,
        stock_date,
        {%- for name in figures %}
        sum({{ name }}) as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from changes
    group by tenant_id, location_id, stock_date
),

begun as (
    select
        tenant_id,
        location_id,
        min(first_date) as first_date
    from spans
    group by tenant_id, location_id
),

days as (
    select
        locations.tenant_id,
        locations.location_id,
        locations.location_name,
        locations.connection_id,
        locations.source,
        {{ day_series('begun.first_date', 'locations.last_day') }} as stock_date
    from locations
    inner join begun
        on locations.location_id = begun.location_id
        and locations.tenant_id = begun.tenant_id
),

running as (
    select
        days.*,
        {%- for name in figures %}
        sum(coalesce(changed.{{ name }}, 0)) over (
            partition by days.tenant_id, days.location_id
            order by days.stock_date
        ) as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from days
    left join changed
        on days.location_id = changed.location_id
        and days.stock_date = changed.stock_date
        and days.tenant_id = changed.tenant_id
),

final as (
    select
        running.tenant_id,
        running.stock_date,
        running.connection_id,
        running.source,
        running.location_id,
        running.location_name,
        {%- for name in figures[:4] %}
        cast(running.{{ name }} as bigint) as {{ name }},
        {%- endfor %}
        reporting.currency,
        {%- for name in figures[4:] %}
        cast(running.{{ name }} as {{ contract_type('money') }}) as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from running
    inner join reporting on running.tenant_id = reporting.tenant_id
)

select * from final
