{{ config(tags=['each_run']) }}

{#- The oldest day of each band; what is older is in the last. -#}
{%- set bands = [(30, '0-30'), (60, '31-60'), (90, '61-90'), (180, '91-180'), (365, '181-365')] %}
-- How long the stock of each item has been there: first in, first out, so that what is left came last. All that made stock
-- more counts as having come, but for returns; what is left beyond has been there from the first known day on.
with ledger as (
    select * from {{ ref('stock_ledger') }}
),

items as (
    select * from {{ ref('core_stock_now') }}
    where units > 0
),

came as (
    select
        ledger.tenant_id,
        ledger.location_id,
        ledger.variant_id,
        ledger.stock_date as came_date,
        {% for name in ['received', 'transferred', 'corrected', 'counted', 'unexplained'] -%}
        greatest(ledger.{{ name }}, 0){{ ' + ' if not loop.last }}
        {%- endfor %} as pieces
    from ledger
),

layers as (
    select
        items.tenant_id,
        items.location_id,
        items.variant_id,
        came.came_date,
        came.pieces,
        coalesce(sum(came.pieces) over (
            partition by items.tenant_id, items.location_id, items.variant_id
            order by came.came_date desc
            rows between unbounded preceding and 1 preceding
        ), 0) as came_later,
        items.units
    from items
    inner join came
        on items.location_id = came.location_id
        and items.variant_id = came.variant_id
        and items.tenant_id = came.tenant_id
        and items.stock_date >= came.came_date
    where came.pieces > 0
),

left_of_layers as (
    select
        tenant_id,
        location_id,
        variant_id,
        came_date,
        least(pieces, units - came_later) as pieces
    from layers
    where came_later < units
),

known as (
    select
        tenant_id,
        location_id,
        variant_id,
        sum(pieces) as pieces
    from left_of_layers
    group by tenant_id, location_id, variant_id
),

aged as (
    select
        tenant_id,
        location_id,
        variant_id,
        came_date,
        pieces
    from left_of_layers
    union all
    select
        items.tenant_id,
        items.location_id,
        items.variant_id,
        items.first_stock_date as came_date,
        items.units - coalesce(known.pieces, 0) as pieces
    from items
    left join known
        on items.location_id = known.location_id
        and items.variant_id = known.variant_id
        and items.tenant_id = known.tenant_id
    where items.units > coalesce(known.pieces, 0)
),

dated as (
    select
        items.tenant_id,
        items.location_id,
        items.location_name,
        items.connection_id,
        items.source,
        items.variant_id,
        items.product_id,
        items.sku,
        items.product_title,
        items.variant_title,
        items.as_of_date,
        items.unit_cost,
        items.currency,
        aged.pieces,
        greatest({{ days_between('aged.came_date', 'items.as_of_date') }}, 0) as age_days
    from aged
    inner join items
        on aged.location_id = items.location_id
        and aged.variant_id = items.variant_id
        and aged.tenant_id = items.tenant_id
),

banded as (
    select
        *,
        case
            {%- for days, band in bands %}
            when age_days <= {{ days }} then '{{ band }}'
            {%- endfor %}
            else 'over 365'
        end as age_band
    from dated
),

final as (
    select
        tenant_id,
        location_id,
        location_name,
        connection_id,
        source,
        variant_id,
        product_id,
        sku,
        product_title,
        variant_title,
        as_of_date,
        age_band,
        cast(min(age_days) as bigint) as youngest_days,
        cast(max(age_days) as bigint) as oldest_days,
        cast(sum(pieces) as bigint) as units,
        cast(sum(pieces * age_days) as bigint) as unit_days,
        min(currency) as currency,
        cast(coalesce(sum(pieces * unit_cost), 0) as {{ contract_type('money') }}) as stock_value
    from banded
    group by
        tenant_id, location_id, location_name, connection_id, source, variant_id, product_id, sku, product_title,
        variant_title, as_of_date, age_band
)

select * from final
