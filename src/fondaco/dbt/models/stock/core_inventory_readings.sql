-- The days on which a shop's stock was read, and the last instant of each: between two changes a level was read again and
-- again.
with kept as (
    select * from {{ source('fondaco', 'inventory_readings') }}
),

levels as (
    select
        tenant_id,
        connection_id,
        max(synced_at) as read_at
    from {{ ref('core_inventory_levels') }}
    group by tenant_id, connection_id
),

connections as (
    select * from {{ ref('core_connections') }}
),

now_read as (
    select
        levels.tenant_id,
        levels.connection_id,
        {{ local_date('levels.read_at', 'connections.time_zone') }} as read_date,
        levels.read_at
    from levels
    inner join connections
        on levels.connection_id = connections.connection_id
        and levels.tenant_id = connections.tenant_id
),

united as (
    select tenant_id, connection_id, read_date, read_at from kept
    union all
    select tenant_id, connection_id, read_date, read_at from now_read
),

by_day as (
    select
        tenant_id,
        connection_id,
        read_date,
        max(read_at) as read_at
    from united
    group by tenant_id, connection_id, read_date
),

final as (
    select
        tenant_id,
        connection_id,
        read_date,
        read_at,
        read_at = max(read_at) over (partition by tenant_id, connection_id) as is_newest,
        lead(read_date) over (partition by tenant_id, connection_id order by read_date) as next_read_date
    from by_day
)

select * from final
