-- From which location the goods of a shop's channel leave: as the merchant says it, the nearest rule first; else from the
-- shop's only location; else from its oldest, which has the lowest number; where the shop has none, from the merchant's
-- only one.
with rules as (
{{ unite('sales_locations') }}
),

channels as (
    select distinct tenant_id, connection_id, channel from {{ ref('core_stock_sales') }}
),

connections as (
    select * from {{ ref('core_connections') }}
),

words as (
    select * from {{ ref('core_location_words') }}
),

locations as (
    select * from {{ ref('core_locations') }}
),

offered as (
    select
        channels.tenant_id,
        channels.connection_id,
        channels.channel,
        words.location_id,
        'declared' as rule,
        case when rules.shop is null then 2 else 0 end + case when rules.channel is null then 1 else 0 end as distance,
        words.location_id as place
    from channels
    inner join connections
        on channels.connection_id = connections.connection_id
        and channels.tenant_id = connections.tenant_id
    inner join rules
        on channels.tenant_id = rules.tenant_id
        and (rules.shop is null or lower(rules.shop) in (lower(connections.name), lower(connections.connection_id)))
        and (rules.channel is null or rules.channel = lower(channels.channel))
        -- A location that is merely listed says nothing of sales.
        and (rules.shop is not null or rules.channel is not null)
    inner join words
        on lower(rules.location) = words.word
        and rules.tenant_id = words.tenant_id
    union all
    select
        channels.tenant_id,
        channels.connection_id,
        channels.channel,
        locations.location_id,
        'shop' as rule,
        4 as distance,
        cast(1000 + length(locations.location_id) as varchar) || locations.location_id as place
    from channels
    inner join locations
        on channels.connection_id = locations.connection_id
        and channels.tenant_id = locations.tenant_id
        and not locations.is_declared
    union all
    select
        channels.tenant_id,
        channels.connection_id,
        channels.channel,
        words.location_id,
        'only' as rule,
        5 as distance,
        '' as place
    from channels
    inner join words
        on channels.tenant_id = words.tenant_id
        and words.word = ''
),

ranked as (
    select
        *,
        row_number() over (
            partition by tenant_id, connection_id, channel
            order by distance, place, location_id
        ) as choice
    from offered
),

final as (
    select
        ranked.tenant_id,
        ranked.connection_id,
        ranked.channel,
        ranked.location_id,
        locations.connection_id as location_connection_id,
        ranked.rule
    from ranked
    inner join locations
        on ranked.location_id = locations.location_id
        and ranked.tenant_id = locations.tenant_id
    where ranked.choice = 1
)

select * from final
