-- What became of single e-mails. Mailchimp tells to whom a campaign was sent, and no time of its own for each: that
-- of the campaign is taken. To whom an automation's e-mail was sent when, it does not tell.
with recipients as (
    select * from {{ ref('stg_mailchimp__recipients') }}
),

campaigns as (
    select * from {{ ref('stg_mailchimp__campaigns') }}
),

reports as (
    select * from {{ ref('stg_mailchimp__reports') }}
),

emails as (
    select * from {{ ref('stg_mailchimp__automation_emails') }}
),

activity as (
    select * from {{ ref('stg_mailchimp__email_activity') }}
),

unsubscribes as (
    select * from {{ ref('stg_mailchimp__unsubscribes') }}
),

received as (
    select
        recipients.tenant_id,
        recipients.connection_id,
        recipients.recipient_id || '/received' as event_id,
        recipients.member_id,
        recipients.campaign_id,
        'received' as kind,
        coalesce(reports.sent_at, campaigns.sent_at) as happened_at,
        recipients.synced_at
    from recipients
    left join reports
        on recipients.campaign_id = reports.campaign_id
        and recipients.connection_id = reports.connection_id
        and recipients.tenant_id = reports.tenant_id
    left join campaigns
        on recipients.campaign_id = campaigns.campaign_id
        and recipients.connection_id = campaigns.connection_id
        and recipients.tenant_id = campaigns.tenant_id
    where recipients.status = 'sent'
),

done as (
    select
        tenant_id,
        connection_id,
        activity_id as event_id,
        member_id,
        campaign_id,
        case action when 'open' then 'opened' when 'click' then 'clicked' else 'bounced' end as kind,
        happened_at,
        synced_at
    from activity
    where action in ('open', 'click', 'bounce')
),

away as (
    select
        tenant_id,
        connection_id,
        unsubscribe_id || '/unsubscribed' as event_id,
        member_id,
        campaign_id,
        'unsubscribed' as kind,
        unsubscribed_at as happened_at,
        synced_at
    from unsubscribes
),

united as (
    select * from received
    union all
    select * from done
    union all
    select * from away
),

final as (
    select
        united.tenant_id,
        united.connection_id,
        'mailchimp' as source,
        {{ record_id('united.event_id', 'united.connection_id') }} as message_event_id,
        {{ record_id('united.member_id', 'united.connection_id') }} as contact_id,
        {{ record_id('coalesce(emails.automation_id, united.campaign_id)', 'united.connection_id') }} as campaign_id,
        'email' as channel,
        united.kind,
        united.happened_at,
        united.synced_at
    from united
    left join emails
        on united.campaign_id = emails.email_id
        and united.connection_id = emails.connection_id
        and united.tenant_id = emails.tenant_id
)

select {{ conform('message_events') }} from final
