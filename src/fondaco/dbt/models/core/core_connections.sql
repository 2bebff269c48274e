with connections as (
    select * from {{ source('fondaco', 'connections') }}
),

tenants as (
    select * from {{ source('fondaco', 'tenants') }}
),

final as (
    select
        connections.tenant_id,
        connections.connection_id,
        connections.source,
        connections.name,
        coalesce(connections.role, 'shop') as role,
        connections.currency,
        coalesce(connections.time_zone, tenants.time_zone, 'UTC') as time_zone,
        coalesce(tenants.currency, connections.currency) as reporting_currency,
        {{ local_date(run_instant(), "coalesce(connections.time_zone, tenants.time_zone, 'UTC')") }} as today_date
    from connections
    left join tenants on connections.tenant_id = tenants.tenant_id
)

select * from final
