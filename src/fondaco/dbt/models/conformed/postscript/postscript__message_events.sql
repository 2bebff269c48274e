-- Who wanted no more texts, as webhooks told. Of single messages Postscript tells nothing.
with events as (
    select * from {{ ref('stg_postscript__subscriber_events') }}
    where event = 'shop.subscriber.opt_out' and subscriber_id is not null
),

final as (
    select
        tenant_id,
        connection_id,
        'postscript' as source,
        {{ record_id('event_id') }} as message_event_id,
        {{ record_id('subscriber_id') }} as contact_id,
        cast(null as {{ contract_type('text') }}) as campaign_id,
        'sms' as channel,
        'unsubscribed' as kind,
        happened_at,
        synced_at
    from events
)

select {{ conform('message_events') }} from final
