-- Until which day the stock of each location is known. Of a shop whose levels are read, what is known ends with the last
-- reading; today is not over.
with locations as (
    select * from {{ ref('core_locations') }}
),

connections as (
    select * from {{ ref('core_connections') }}
),

known_until as (
    select
        tenant_id,
        connection_id,
        max(read_date) as read_date
    from {{ ref('core_inventory_readings') }}
    group by tenant_id, connection_id
),

final as (
    select
        locations.tenant_id,
        locations.location_id,
        locations.name as location_name,
        locations.connection_id,
        locations.source,
        case
            when known_until.read_date < connections.today_date then known_until.read_date
            else {{ day_before('connections.today_date') }}
        end as last_day
    from locations
    inner join connections
        on locations.connection_id = connections.connection_id
        and locations.tenant_id = connections.tenant_id
    left join known_until
        on locations.connection_id = known_until.connection_id
        and locations.tenant_id = known_until.tenant_id
)

select * from final
