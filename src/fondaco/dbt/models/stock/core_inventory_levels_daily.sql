-- What vendors said of their stock, and when. They tell the level of now only: what former runs read is kept in
-- raw.fondaco__inventory_levels_daily, to which `jobs/stock.py` adds what is new here once the build has ended well. A
-- level holds until the next row; that it was read again in between, core_inventory_readings says.
with kept as (
    select * from {{ source('fondaco', 'inventory_levels_daily') }}
),

levels as (
    select
        tenant_id,
        connection_id,
        location_id,
        variant_id,
        sum(available) as available,
        sum(on_hand) as on_hand,
        sum(committed) as committed,
        sum(incoming) as incoming
    from {{ ref('core_inventory_levels') }}
    where variant_id is not null and location_id is not null and available is not null
    group by tenant_id, connection_id, location_id, variant_id
),

readings as (
    select * from {{ ref('core_inventory_readings') }}
    where is_newest
),

ranked as (
    select
        *,
        row_number() over (partition by tenant_id, location_id, variant_id order by read_at desc) as recency
    from kept
),

newest as (
    select * from ranked
    where recency = 1
),

-- What the vendor no longer has is kept as a level of nothing known. A run whose clock is behind adds nothing.
seen_now as (
    select
        readings.tenant_id,
        readings.connection_id,
        coalesce(levels.location_id, newest.location_id) as location_id,
        coalesce(levels.variant_id, newest.variant_id) as variant_id,
        readings.read_date as level_date,
        levels.available,
        levels.on_hand,
        levels.committed,
        levels.incoming,
        readings.read_at
    from levels
    full outer join newest
        on levels.location_id = newest.location_id
        and levels.variant_id = newest.variant_id
        and levels.tenant_id = newest.tenant_id
    inner join readings
        on coalesce(levels.connection_id, newest.connection_id) = readings.connection_id
        and coalesce(levels.tenant_id, newest.tenant_id) = readings.tenant_id
    where
        (newest.read_at is null or newest.read_at < readings.read_at)
        and (
            levels.available is distinct from newest.available
            or levels.on_hand is distinct from newest.on_hand
            or levels.committed is distinct from newest.committed
            or levels.incoming is distinct from newest.incoming
        )
),

united as (
    {%- for relation in ['kept', 'seen_now'] %}
    select
        tenant_id,
        connection_id,
        location_id,
        variant_id,
        level_date,
        cast(available as bigint) as available,
        cast(on_hand as bigint) as on_hand,
        cast(committed as bigint) as committed,
        cast(incoming as bigint) as incoming,
        read_at
    from {{ relation }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

-- Of several readings on one day the last one holds.
last_of_day as (
    select
        *,
        row_number() over (
            partition by tenant_id, location_id, variant_id, level_date
            order by read_at desc
        ) as recency_of_day
    from united
),

final as (
    select
        tenant_id,
        connection_id,
        location_id,
        variant_id,
        level_date,
        available,
        on_hand,
        committed,
        incoming,
        read_at
    from last_of_day
    where recency_of_day = 1
)

select * from final
