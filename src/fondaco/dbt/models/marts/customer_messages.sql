{{ config(tags=['each_run']) }}

-- What became of messages to people who are customers. Contacts who never bought are none.
with events as (
    select * from {{ ref('core_message_events') }}
),

contacts as (
    select * from {{ ref('core_contacts') }}
    where person_id is not null
),

campaigns as (
    select * from {{ ref('core_campaigns') }}
),

final as (
    select
        events.tenant_id,
        contacts.person_id,
        events.message_event_id,
        events.happened_at,
        events.kind,
        events.channel,
        events.source as platform,
        events.campaign_id,
        campaigns.name as campaign_name
    from events
    inner join contacts
        on events.contact_id = contacts.contact_id
        and events.tenant_id = contacts.tenant_id
    left join campaigns
        on events.campaign_id = campaigns.campaign_id
        and events.tenant_id = campaigns.tenant_id
)

select * from final
