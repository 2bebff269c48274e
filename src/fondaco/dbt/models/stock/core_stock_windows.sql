{%- set windows = [90, 365] %}
{%- set of_item = 'items.tenant_id, items.location_id, items.variant_id' %}
{%- set flows = ['units_sold', 'units_returned', 'cost_of_sales', 'net_sales', 'sales_margin'] %}
-- What each item did in the last 90 and 365 whole days: sales and their cost, days on which it was there and could not be
-- bought, what was lost by it, and its stock at cost day by day, summed.
with items as (
    select
        *,
        {%- for days in windows %}
        cast(as_of_date - interval '{{ days - 1 }} days' as date) as start_{{ days }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('core_stock_now') }}
),

ledger as (
    select
        items.tenant_id,
        items.location_id,
        items.variant_id,
        {%- for days in windows %}
        items.start_{{ days }},
        {%- endfor %}
        ledger.stock_date,
        ledger.opening,
        ledger.closing,
        ledger.basis,
        ledger.sold + ledger.bundled as units_sold,
        ledger.returned as units_returned,
        (ledger.sold + ledger.bundled - ledger.returned) * ledger.unit_cost as cost_of_sales,
        (ledger.sold - ledger.returned) * items.net_price as net_sales,
        (ledger.sold - ledger.returned) * (items.net_price - ledger.unit_cost) as sales_margin,
        least(coalesce({{ day_before('ledger.next_stock_date') }}, items.as_of_date), items.as_of_date) as last_date
    from items
    inner join {{ ref('stock_ledger') }} as ledger
        on {{ same_item('items', 'ledger') }}
        and items.as_of_date >= ledger.stock_date
),

flowed as (
    select
        tenant_id,
        location_id,
        variant_id,
        {%- for days in windows %}
        {%- for name in flows %}
        sum(case when stock_date >= start_{{ days }} then {{ name }} end) as {{ name }}_{{ days }}{{ ',' if not loop.last }}
        {%- endfor %}
        {{- ',' if not loop.last }}
        {%- endfor %}
    from ledger
    group by tenant_id, location_id, variant_id
),

-- Days on which it was known to be out: whole days, as in stockout_days, but of items that nobody asks for too.
empty_spans as (
    select
        tenant_id,
        location_id,
        variant_id,
        {%- for days in windows %}
        start_{{ days }},
        {%- endfor %}
        last_date,
        case when opening <= 0 and units_sold = 0 then stock_date else {{ day_after('stock_date') }} end as first_date
    from ledger
    where closing <= 0 and basis = 'known'
),

empty as (
    select
        tenant_id,
        location_id,
        variant_id,
        {%- for days in windows %}
        {%- set first = 'greatest(first_date, start_' ~ days ~ ')' %}
        sum(greatest(0, {{ days_between(first, 'last_date') }} + 1)) as empty_days_{{ days }}
        {{- ',' if not loop.last }}
        {%- endfor %}
    from empty_spans
    group by tenant_id, location_id, variant_id
),

lost as (
    select
        {{ of_item }},
        {%- for days in windows %}
        {%- set inside = 'stockouts.stockout_date >= items.start_' ~ days %}
        count(case when {{ inside }} then 1 end) as stockout_days_{{ days }},
        count(case when {{ inside }} and stockouts.evidence = 'silence' then 1 end) as silent_days_{{ days }},
        sum(case when {{ inside }} then stockouts.expected_units end) as lost_units_{{ days }},
        sum(case when {{ inside }} then stockouts.lost_margin end) as lost_margin_{{ days }}{{ ',' if not loop.last }}
        {%- endfor %}
    from items
    inner join {{ ref('stockout_days') }} as stockouts
        on {{ same_item('items', 'stockouts') }}
        and items.as_of_date >= stockouts.stockout_date
    group by {{ of_item }}
),

held as (
    select
        {{ of_item }},
        {%- for days in windows %}
        {%- set first = 'greatest(spans.first_date, items.start_' ~ days ~ ')' %}
        sum(
            spans.stock_value
            * greatest(0, {{ days_between(first, 'least(spans.last_date, items.as_of_date)') }} + 1)
        ) as value_days_{{ days }}{{ ',' if not loop.last }}
        {%- endfor %}
    from items
    inner join {{ ref('stock_spans') }} as spans
        on {{ same_item('items', 'spans') }}
    group by {{ of_item }}
),

final as (
    select
        items.tenant_id,
        items.location_id,
        items.variant_id,
        {%- for days in windows %}
        {%- set first = 'greatest(items.first_stock_date, items.start_' ~ days ~ ')' %}
        {%- set known_days = 'greatest(0, ' ~ days_between(first, 'items.as_of_date') ~ ' + 1)' %}
        cast({{ known_days }} as bigint) as known_days_{{ days }},
        cast(coalesce(flowed.units_sold_{{ days }}, 0) as bigint) as units_sold_{{ days }},
        cast(coalesce(flowed.units_returned_{{ days }}, 0) as bigint) as units_returned_{{ days }},
        {%- for name in ['cost_of_sales', 'net_sales', 'sales_margin'] %}
        cast(flowed.{{ name }}_{{ days }} as {{ contract_type('money') }}) as {{ name }}_{{ days }},
        {%- endfor %}
        cast(
            {{ known_days }} - coalesce(empty.empty_days_{{ days }}, 0) - coalesce(lost.silent_days_{{ days }}, 0) as bigint
        ) as available_days_{{ days }},
        cast(coalesce(lost.stockout_days_{{ days }}, 0) as bigint) as stockout_days_{{ days }},
        cast(coalesce(lost.lost_units_{{ days }}, 0) as {{ contract_type('rate') }}) as lost_units_{{ days }},
        cast(lost.lost_margin_{{ days }} as {{ contract_type('money') }}) as lost_margin_{{ days }},
        cast(coalesce(held.value_days_{{ days }}, 0) as {{ contract_type('money') }}) as value_days_{{ days }}
        {{- ',' if not loop.last }}
        {%- endfor %}
    from items
    left join flowed
        on {{ same_item('items', 'flowed') }}
    left join empty
        on {{ same_item('items', 'empty') }}
    left join lost
        on {{ same_item('items', 'lost') }}
    left join held
        on {{ same_item('items', 'held') }}
)

select * from final
