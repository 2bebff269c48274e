-- Subscribers to text messages. Since when somebody wants no more is told by a webhook, where one came; else by the
-- last change.
with subscribers as (
    select * from {{ ref('stg_postscript__subscribers') }}
),

events as (
    select * from {{ ref('stg_postscript__subscriber_events') }}
),

deletions as (
    select * from {{ ref('stg_postscript__tombstones') }}
    where stream = 'subscribers'
),

changes as (
    select
        tenant_id,
        connection_id,
        subscriber_id,
        max(case when event = 'shop.subscriber.opt_in' then happened_at end) as joined_at,
        max(case when event = 'shop.subscriber.opt_out' then happened_at end) as left_at
    from events
    group by tenant_id, connection_id, subscriber_id
),

final as (
    select
        subscribers.tenant_id,
        subscribers.connection_id,
        'postscript' as source,
        {{ record_id('subscribers.subscriber_id', 'subscribers.connection_id') }} as contact_id,
        subscribers.subscriber_id as source_contact_id,
        subscribers.email,
        subscribers.phone,
        cast(null as {{ contract_type('text') }}) as first_name,
        cast(null as {{ contract_type('text') }}) as last_name,
        cast(null as {{ contract_type('text') }}) as email_consent,
        cast(null as {{ contract_type('timestamp') }}) as email_consent_at,
        case
            when subscribers.may_send_promotional then 'subscribed'
            when not subscribers.may_send_promotional then 'unsubscribed'
        end as sms_consent,
        case
            when subscribers.may_send_promotional then coalesce(changes.joined_at, subscribers.created_at)
            when not subscribers.may_send_promotional then coalesce(changes.left_at, subscribers.updated_at)
        end as sms_consent_at,
        1 as billed_contacts,
        case when subscribers.phone is null then 0 else 1 end as billed_sms_contacts,
        subscribers.created_at,
        subscribers.updated_at,
        deletions.record_id is not null as is_deleted,
        greatest(subscribers.synced_at, coalesce(deletions.synced_at, subscribers.synced_at)) as synced_at
    from subscribers
    left join changes
        on subscribers.tenant_id = changes.tenant_id
        and subscribers.connection_id = changes.connection_id
        and subscribers.subscriber_id = changes.subscriber_id
    left join deletions
        on subscribers.tenant_id = deletions.tenant_id
        and subscribers.connection_id = deletions.connection_id
        and subscribers.subscriber_id = deletions.record_id
        and subscribers.synced_at <= deletions.synced_at
)

select {{ conform('contacts') }} from final
