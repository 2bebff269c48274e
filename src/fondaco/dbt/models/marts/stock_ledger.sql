{{ config(tags=['each_run']) }}

-- Between two rows of a location and variant nothing moved. A row begins with what was there, and ends with what the last
-- level or count before it says and what moved since: what lies between, and was never written down, is `unexplained`.
with movements as (
    select * from {{ ref('core_stock_movements') }}
),

levels as (
    select * from {{ ref('core_inventory_levels_daily') }}
),

readings as (
    select * from {{ ref('core_inventory_readings') }}
),

locations as (
    select * from {{ ref('core_locations') }}
),

variants as (
    select * from {{ ref('core_variants') }}
),

products as (
    select * from {{ ref('core_products') }}
),

costs as (
    select * from {{ ref('core_stock_costs') }}
),

-- Days on which a level changed or something moved, and of each the next day on which the level was read.
happened as (
    select tenant_id, location_id, variant_id, stock_date from movements
    union
    select tenant_id, location_id, variant_id, level_date as stock_date from levels
),

happened_days as (
    select distinct
        happened.tenant_id,
        locations.connection_id,
        happened.stock_date
    from happened
    inner join locations
        on happened.location_id = locations.location_id
        and happened.tenant_id = locations.tenant_id
),

read_next as (
    select
        happened_days.tenant_id,
        happened_days.connection_id,
        happened_days.stock_date,
        min(readings.read_date) as read_date
    from happened_days
    inner join readings
        on happened_days.connection_id = readings.connection_id
        and happened_days.tenant_id = readings.tenant_id
        and happened_days.stock_date < readings.read_date
    group by happened_days.tenant_id, happened_days.connection_id, happened_days.stock_date
),

days as (
    select tenant_id, location_id, variant_id, stock_date from happened
    union
    select
        happened.tenant_id,
        happened.location_id,
        happened.variant_id,
        read_next.read_date as stock_date
    from happened
    inner join locations
        on happened.location_id = locations.location_id
        and happened.tenant_id = locations.tenant_id
    inner join read_next
        on locations.connection_id = read_next.connection_id
        and happened.tenant_id = read_next.tenant_id
        and happened.stock_date = read_next.stock_date
),

joined as (
    select
        days.tenant_id,
        days.location_id,
        days.variant_id,
        days.stock_date,
        levels.level_date,
        levels.available,
        readings.read_date,
        {%- for name in ['received', 'sold', 'bundled', 'returned', 'transferred', 'corrected', 'after_reading'] %}
        coalesce(movements.{{ name }}, 0) as {{ name }},
        {%- endfor %}
        movements.count_found,
        count(levels.level_date) over (
            partition by days.tenant_id, days.location_id, days.variant_id
            order by days.stock_date
        ) as level_number
    from days
    left join movements
        on days.location_id = movements.location_id
        and days.variant_id = movements.variant_id
        and days.tenant_id = movements.tenant_id
        and days.stock_date = movements.stock_date
    left join levels
        on days.location_id = levels.location_id
        and days.variant_id = levels.variant_id
        and days.tenant_id = levels.tenant_id
        and days.stock_date = levels.level_date
    left join locations
        on days.location_id = locations.location_id
        and days.tenant_id = locations.tenant_id
    left join readings
        on locations.connection_id = readings.connection_id
        and days.tenant_id = readings.tenant_id
        and days.stock_date = readings.read_date
),

-- The level as the vendor said it on each day on which it was read: that of the last change.
levelled as (
    select
        *,
        case
            when read_date is not null
                then max(available) over (partition by tenant_id, location_id, variant_id, level_number)
        end as vendor_level,
        received - sold - bundled + returned + transferred + corrected as moved,
        sum(received - sold - bundled + returned + transferred + corrected) over (
            partition by tenant_id, location_id, variant_id
            order by stock_date
        ) as moved_until
    from joined
),

-- What was there before all movements, as each level and each count has it.
based as (
    select
        *,
        vendor_level + after_reading - moved_until as level_base,
        count_found - moved_until as count_base,
        coalesce(count_found - moved_until, vendor_level + after_reading - moved_until) as base,
        count(coalesce(count_found, vendor_level)) over (
            partition by tenant_id, location_id, variant_id
            order by stock_date
        ) as base_number
    from levelled
),

bases as (
    select
        tenant_id,
        location_id,
        variant_id,
        base_number,
        base,
        lag(base) over (partition by tenant_id, location_id, variant_id order by base_number) as base_before,
        -- Less than nothing was never there: what is missing then went before the first level, and shows on its day.
        greatest(
            0, first_value(base) over (partition by tenant_id, location_id, variant_id order by base_number)
        ) as first_base,
        first_value(stock_date) over (partition by tenant_id, location_id, variant_id order by base_number) as known_from
    from based
    where base is not null
),

-- Before the first level what was there is worked back from it; where there never was one, the first movement begins with
-- nothing.
chained as (
    select
        based.*,
        coalesce(bases.base, first_bases.first_base, 0) as base_here,
        coalesce(bases.base_before, bases.first_base, first_bases.first_base, 0) as base_before,
        coalesce(bases.known_from, first_bases.known_from) as known_from
    from based
    left join bases
        on based.base_number = bases.base_number
        and based.location_id = bases.location_id
        and based.variant_id = bases.variant_id
        and based.tenant_id = bases.tenant_id
    left join bases as first_bases
        on first_bases.base_number = 1
        and based.location_id = first_bases.location_id
        and based.variant_id = first_bases.variant_id
        and based.tenant_id = first_bases.tenant_id
),

-- Where a level and a count of one day agree, the count explains them; else the level was read before it.
explained as (
    select
        *,
        case
            when level_base is null or level_base = count_base then 0
            else level_base - base_before
        end as unexplained,
        case
            when count_base is null then 0
            when level_base is null or level_base = count_base then count_base - base_before
            else count_base - level_base
        end as counted
    from chained
),

final as (
    select
        explained.tenant_id,
        explained.location_id,
        locations.name as location_name,
        locations.connection_id,
        locations.source,
        explained.variant_id,
        variants.product_id,
        variants.sku,
        products.title as product_title,
        variants.title as variant_title,
        explained.stock_date,
        cast(
            explained.base_here + explained.moved_until - explained.moved - explained.unexplained - explained.counted
            as bigint
        ) as opening,
        explained.received,
        explained.sold,
        explained.bundled,
        explained.returned,
        explained.transferred,
        explained.corrected,
        cast(explained.counted as bigint) as counted,
        cast(explained.unexplained as bigint) as unexplained,
        cast(explained.base_here + explained.moved_until as bigint) as closing,
        cast(explained.vendor_level as bigint) as vendor_level,
        explained.after_reading,
        case
            when explained.known_from is null then 'movements'
            when explained.stock_date < explained.known_from then 'worked_back'
            else 'known'
        end as basis,
        lead(explained.stock_date) over (
            partition by explained.tenant_id, explained.location_id, explained.variant_id
            order by explained.stock_date
        ) as next_stock_date,
        costs.unit_cost,
        costs.cost_basis,
        costs.currency
    from explained
    inner join locations
        on explained.location_id = locations.location_id
        and explained.tenant_id = locations.tenant_id
    left join variants
        on explained.variant_id = variants.variant_id
        and explained.tenant_id = variants.tenant_id
    left join products
        on variants.product_id = products.product_id
        and variants.tenant_id = products.tenant_id
    left join costs
        on explained.variant_id = costs.variant_id
        and explained.tenant_id = costs.tenant_id
        and explained.stock_date >= costs.valid_from
        and explained.stock_date < costs.valid_until
)

select * from final
