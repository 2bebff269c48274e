-- The words by which sheets may mean a location: its name, its id, or shop/name. A word that fits two locations means
-- none; no word at all means the only location that there is.
with locations as (
    select * from {{ ref('core_locations') }}
),

words as (
    select
        tenant_id,
        location_id,
        lower(name) as word
    from locations
    union
    select
        tenant_id,
        location_id,
        lower(connection_name || '/' || name) as word
    from locations
    union
    select
        tenant_id,
        location_id,
        lower(connection_id || '/' || name) as word
    from locations
    union
    select
        tenant_id,
        location_id,
        lower(location_id) as word
    from locations
    union
    select
        tenant_id,
        location_id,
        '' as word
    from locations
),

final as (
    select
        tenant_id,
        word,
        min(location_id) as location_id
    from words
    group by tenant_id, word
    having count(distinct location_id) = 1
)

select * from final
