-- Links can carry the number or the name of a message in place of the campaign's.
with messages as (
    select * from {{ ref('stg_klaviyo__campaign_messages') }}
),

figures as (
    select * from {{ ref('stg_klaviyo__flow_figures') }}
),

told as (
    select
        tenant_id,
        connection_id,
        campaign_id,
        message_id,
        label as message_name,
        synced_at
    from messages
    union all
    select
        tenant_id,
        connection_id,
        flow_id as campaign_id,
        message_id,
        message_name,
        synced_at
    from figures
),

marks as (
    select
        tenant_id,
        connection_id,
        campaign_id,
        message_id as mark,
        'id' as mark_type,
        synced_at
    from told
    union all
    select
        tenant_id,
        connection_id,
        campaign_id,
        message_name as mark,
        'name' as mark_type,
        synced_at
    from told
),

final as (
    select
        tenant_id,
        connection_id,
        'klaviyo' as source,
        {{ record_id('campaign_id') }} as campaign_id,
        mark,
        mark_type,
        max(synced_at) as synced_at
    from marks
    where mark is not null
    group by tenant_id, connection_id, campaign_id, mark, mark_type
)

select {{ conform('campaign_marks') }} from final
