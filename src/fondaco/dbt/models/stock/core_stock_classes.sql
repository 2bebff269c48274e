{%- set weeks = 52 %}
{%- set least_weeks = 8 %}
-- Classes of each variant over all its locations. ABC: those that together make the first 80 % of a year's net sales, or of
-- their margin, are A, up to 95 % B, the rest C. XYZ: by how much its weekly demand varies in a year, lost sales counted in.
with items as (
    select * from {{ ref('core_stock_now') }}
),

windows as (
    select * from {{ ref('core_stock_windows') }}
),

variants as (
    select
        tenant_id,
        variant_id,
        max(as_of_date) as as_of_date,
        min(first_stock_date) as first_stock_date
    from items
    group by tenant_id, variant_id
),

worth as (
    select
        tenant_id,
        variant_id,
        coalesce(sum(net_sales_365), 0) as net_sales,
        coalesce(sum(sales_margin_365), 0) as sales_margin
    from windows
    group by tenant_id, variant_id
),

shares as (
    select
        tenant_id,
        variant_id,
        {%- for name in ['net_sales', 'sales_margin'] %}
        {{ name }},
        sum(greatest({{ name }}, 0)) over (partition by tenant_id) as all_{{ name }},
        coalesce(sum(greatest({{ name }}, 0)) over (
            partition by tenant_id
            order by {{ name }} desc, variant_id
            rows between unbounded preceding and 1 preceding
        ), 0) as {{ name }}_before{{ ',' if not loop.last }}
        {%- endfor %}
    from worth
),

demand as (
    select
        tenant_id,
        variant_id,
        stock_date as demand_date,
        cast(sold + bundled as {{ contract_type('rate') }}) as units
    from {{ ref('stock_ledger') }}
    where sold + bundled > 0
    union all
    select
        tenant_id,
        variant_id,
        stockout_date as demand_date,
        expected_units as units
    from {{ ref('stockout_days') }}
),

-- Weeks end with the last whole day: the newest is 0.
numbered as (
    select
        variants.tenant_id,
        variants.variant_id,
        cast(floor({{ days_between('demand.demand_date', 'variants.as_of_date') }} / 7.0) as integer) as week_number,
        demand.units
    from variants
    inner join demand
        on variants.variant_id = demand.variant_id
        and variants.tenant_id = demand.tenant_id
        and variants.as_of_date >= demand.demand_date
),

weekly as (
    select
        tenant_id,
        variant_id,
        week_number,
        cast(sum(units) as double precision) as units
    from numbered
    where week_number < {{ weeks }}
    group by tenant_id, variant_id, week_number
),

lived as (
    select
        tenant_id,
        variant_id,
        least(
            {{ weeks }}, cast(floor(({{ days_between('first_stock_date', 'as_of_date') }} + 1) / 7.0) as integer)
        ) as weeks
    from variants
),

-- Weeks without a sale have no row; they count as nought.
moments as (
    select
        lived.tenant_id,
        lived.variant_id,
        lived.weeks,
        coalesce(sum(weekly.units), 0) / lived.weeks as mean,
        coalesce(sum(weekly.units * weekly.units), 0) as squares
    from lived
    left join weekly
        on lived.variant_id = weekly.variant_id
        and lived.tenant_id = weekly.tenant_id
        and lived.weeks > weekly.week_number
    where lived.weeks >= {{ least_weeks }}
    group by lived.tenant_id, lived.variant_id, lived.weeks
),

spread as (
    select
        tenant_id,
        variant_id,
        weeks,
        mean,
        sqrt(greatest(0, (squares - weeks * mean * mean) / (weeks - 1))) as standard_deviation
    from moments
),

final as (
    select
        shares.tenant_id,
        shares.variant_id,
        {%- for name, label in [('net_sales', 'abc_class'), ('sales_margin', 'abc_margin_class')] %}
        case
            when shares.{{ name }} <= 0 then 'C'
            when shares.{{ name }}_before * 100 < shares.all_{{ name }} * 80 then 'A'
            when shares.{{ name }}_before * 100 < shares.all_{{ name }} * 95 then 'B'
            else 'C'
        end as {{ label }},
        {%- endfor %}
        spread.weeks as demand_weeks,
        spread.mean as weekly_demand,
        spread.standard_deviation as weekly_demand_spread,
        spread.standard_deviation / nullif(spread.mean, 0) as demand_variation,
        case
            when spread.mean is null or spread.mean = 0 then null
            when spread.standard_deviation <= 0.5 * spread.mean then 'X'
            when spread.standard_deviation <= spread.mean then 'Y'
            else 'Z'
        end as xyz_class
    from shares
    left join spread
        on shares.variant_id = spread.variant_id
        and shares.tenant_id = spread.tenant_id
)

select * from final
