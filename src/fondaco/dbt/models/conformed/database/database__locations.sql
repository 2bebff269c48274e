{#- Places that the shop keeps a list of, and those that its stock names all the same. -#}
with locations as (
    select * from {{ ref('stg_database__locations') }}
),

named as (
    select
        tenant_id,
        connection_id,
        location_id,
        max(synced_at) as synced_at
    from {{ ref('stg_database__stock_levels') }}
    group by tenant_id, connection_id, location_id
),

united as (
    select
        tenant_id,
        connection_id,
        location_id,
        name,
        case when length(country) = 2 then upper(country) end as country,
        synced_at
    from locations
    union all
    select
        named.tenant_id,
        named.connection_id,
        named.location_id,
        cast(null as {{ contract_type('text') }}) as name,
        cast(null as {{ contract_type('text') }}) as country,
        named.synced_at
    from named
    left join locations
        on named.tenant_id = locations.tenant_id
        and named.connection_id = locations.connection_id
        and named.location_id = locations.location_id
    where locations.location_id is null
),

final as (
    select
        tenant_id,
        connection_id,
        'database' as source,
        {{ record_id('location_id') }} as location_id,
        location_id as source_location_id,
        name,
        country,
        synced_at
    from united
)

select {{ conform('locations') }} from final
