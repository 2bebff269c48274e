with events as (
    select * from {{ ref('stg_klaviyo__events') }}
),

messages as (
    select * from {{ ref('stg_klaviyo__campaign_messages') }}
),

campaigns as (
    select * from {{ ref('stg_klaviyo__campaigns') }}
),

-- Old events name the campaign where newer ones name its message.
joined as (
    select
        events.*,
        coalesce(events.flow_id, messages.campaign_id, campaigns.campaign_id) as campaign_id
    from events
    left join messages
        on events.message_id = messages.message_id
        and events.connection_id = messages.connection_id
        and events.tenant_id = messages.tenant_id
    left join campaigns
        on events.message_id = campaigns.campaign_id
        and events.connection_id = campaigns.connection_id
        and events.tenant_id = campaigns.tenant_id
),

final as (
    select
        tenant_id,
        connection_id,
        'klaviyo' as source,
        {{ record_id('event_id') }} as message_event_id,
        {{ record_id('profile_id') }} as contact_id,
        {{ record_id('campaign_id') }} as campaign_id,
        case when metric_name like '%SMS%' then 'sms' else 'email' end as channel,
        case
            when metric_name like 'Received%' then 'received'
            when metric_name like 'Opened%' then 'opened'
            when metric_name like 'Clicked%' then 'clicked'
            when metric_name like 'Unsubscribed%' then 'unsubscribed'
            when metric_name like 'Marked%' then 'marked_spam'
            else 'bounced'
        end as kind,
        happened_at,
        synced_at
    from joined
)

select {{ conform('message_events') }} from final
