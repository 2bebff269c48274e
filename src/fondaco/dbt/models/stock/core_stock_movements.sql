{%- set of_day = [
    'received', 'sold', 'bundled', 'returned', 'transferred', 'corrected', 'count_found', 'after_reading'
] %}
-- What moved stock, by location, variant and day; of a bundle its parts moved. `after_reading` is the part of a day's
-- sales and returns that came after the vendor's level of that day was read.
with sales as (
    select * from {{ ref('core_stock_sales') }}
),

places as (
    select * from {{ ref('core_sales_places') }}
),

skus as (
    select * from {{ ref('core_location_skus') }}
),

settings as (
    select * from {{ ref('core_profit_settings') }}
),

parts as (
    select
        tenant_id,
        bundle_sku,
        part_sku,
        max(quantity) as quantity
    from (
{{ unite('bundle_parts') }}
    ) as united
    group by tenant_id, bundle_sku, part_sku
),

readings as (
    select * from {{ ref('core_inventory_readings') }}
),

late_events as (
    select
        events.tenant_id,
        events.connection_id,
        events.channel,
        events.variant_id,
        events.sku,
        events.event_date,
        {{ units_sold() }} as units_sold,
        {{ units_returned() }} as units_returned,
        {{ units_restocked() }} as units_restocked
    from {{ ref('core_sales_events') }} as events
    inner join places
        on events.connection_id = places.connection_id
        and events.channel is not distinct from places.channel
        and events.tenant_id = places.tenant_id
    inner join readings
        on places.location_connection_id = readings.connection_id
        and events.tenant_id = readings.tenant_id
        and events.event_date = readings.read_date
        and events.event_at > readings.read_at
    where events.is_counted and events.line_type = 'product'
),

taken as (
    select
        tenant_id,
        connection_id,
        channel,
        variant_id,
        sku,
        event_date,
        units_out,
        units_back,
        units_back_untold,
        0 as is_late
    from sales
    union all
    select
        tenant_id,
        connection_id,
        channel,
        variant_id,
        sku,
        event_date,
        {{ pieces_out() }} as units_out,
        {{ pieces_back_told() }} as units_back,
        {{ pieces_back_untold() }} as units_back_untold,
        1 as is_late
    from late_events
),

-- Summed before anything is looked up: many rows of sales are one of stock.
taken_by_day as (
    select
        tenant_id,
        connection_id,
        channel,
        variant_id,
        sku,
        event_date,
        is_late,
        sum(units_out) as units_out,
        sum(units_back) as units_back,
        sum(units_back_untold) as units_back_untold
    from taken
    group by tenant_id, connection_id, channel, variant_id, sku, event_date, is_late
),

placed as (
    select
        taken_by_day.tenant_id,
        places.location_id,
        places.location_connection_id,
        taken_by_day.connection_id,
        taken_by_day.variant_id,
        taken_by_day.sku,
        taken_by_day.event_date,
        taken_by_day.is_late,
        taken_by_day.units_out,
        taken_by_day.units_back
        + case when settings.returns_restocked then taken_by_day.units_back_untold else 0 end as units_back
    from taken_by_day
    inner join places
        on taken_by_day.connection_id = places.connection_id
        and taken_by_day.channel is not distinct from places.channel
        and taken_by_day.tenant_id = places.tenant_id
    inner join settings on taken_by_day.tenant_id = settings.tenant_id
),

sold as (
    select
        placed.tenant_id,
        placed.location_id,
        case
            when parts.part_sku is not null then skus.variant_id
            when placed.connection_id = placed.location_connection_id then coalesce(placed.variant_id, skus.variant_id)
            else skus.variant_id
        end as variant_id,
        placed.event_date,
        placed.is_late,
        parts.part_sku is not null as is_bundle,
        placed.units_out * coalesce(parts.quantity, 1) as units_out,
        placed.units_back * coalesce(parts.quantity, 1) as units_back
    from placed
    left join parts
        on placed.sku = parts.bundle_sku
        and placed.tenant_id = parts.tenant_id
    left join skus
        on placed.location_connection_id = skus.connection_id
        and placed.tenant_id = skus.tenant_id
        and coalesce(parts.part_sku, placed.sku) = skus.sku
),

moved as (
    select
        tenant_id,
        location_id,
        variant_id,
        event_date as stock_date,
        0 as received,
        case when is_late = 0 and not is_bundle then units_out else 0 end as sold,
        case when is_late = 0 and is_bundle then units_out else 0 end as bundled,
        case when is_late = 0 then units_back else 0 end as returned,
        0 as transferred,
        0 as corrected,
        cast(null as bigint) as count_found,
        case when is_late = 1 then units_back - units_out else 0 end as after_reading
    from sold
    union all
    select
        tenant_id,
        location_id,
        variant_id,
        happened_date as stock_date,
        case when kind = 'receipt' then quantity else 0 end as received,
        0 as sold,
        0 as bundled,
        case when kind = 'return' then quantity else 0 end as returned,
        case when kind = 'transfer' then quantity else 0 end as transferred,
        case when kind = 'correction' then quantity else 0 end as corrected,
        case when kind = 'count' then quantity end as count_found,
        0 as after_reading
    from {{ ref('core_stock_entries') }}
    where location_id is not null
),

final as (
    select
        tenant_id,
        location_id,
        variant_id,
        stock_date,
        {%- for name in of_day %}
        cast(sum({{ name }}) as bigint) as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from moved
    where variant_id is not null
    group by tenant_id, location_id, variant_id, stock_date
)

select * from final
