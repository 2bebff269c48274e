-- A campaign's figures stand under the day on which it was sent, however late they came. Of an automation's e-mails
-- Mailchimp tells totals since their start: what was added between two readings stands under the day of the later
-- one, and what was there at the first under the day on which the e-mail was started. What a campaign's variants sent is
-- in its own report.
{%- set totals = [
    'sent', 'bounced', 'opened', 'clicked', 'unsubscribed', 'marked_spam', 'claimed_conversions', 'claimed_revenue',
] %}
{%- set of_email = 'over (partition by tenant_id, connection_id, campaign_id, email_id order by read_on)' %}

with connections as (
    select * from {{ ref('stg_mailchimp__connections') }}
),

variants as (
    select * from {{ ref('stg_mailchimp__campaign_variants') }}
),

reports as (
    select reports.*
    from {{ ref('stg_mailchimp__reports') }} as reports
    left join variants
        on reports.campaign_id = variants.variant_id
        and reports.connection_id = variants.connection_id
        and reports.tenant_id = variants.tenant_id
    where reports.automation_id is null and reports.sent_at is not null and variants.variant_id is null
),

readings as (
    select * from {{ ref('stg_mailchimp__automation_readings') }}
),

emails as (
    select * from {{ ref('stg_mailchimp__automation_emails') }}
),

united as (
    select
        tenant_id,
        connection_id,
        campaign_id,
        cast(null as {{ contract_type('text') }}) as email_id,
        cast(null as {{ contract_type('date') }}) as read_on,
        sent_at,
        emails_sent,
        hard_bounces,
        soft_bounces,
        syntax_errors,
        unique_opens,
        unique_subscriber_clicks,
        unsubscribes,
        abuse_reports,
        orders,
        order_totals,
        currency,
        synced_at
    from reports
    union all
    select
        readings.tenant_id,
        readings.connection_id,
        readings.automation_id as campaign_id,
        readings.email_id,
        readings.read_on,
        coalesce(emails.sent_at, emails.started_at, emails.created_at) as sent_at,
        readings.emails_sent,
        readings.hard_bounces,
        readings.soft_bounces,
        readings.syntax_errors,
        readings.unique_opens,
        readings.unique_subscriber_clicks,
        readings.unsubscribes,
        readings.abuse_reports,
        readings.orders,
        readings.order_totals,
        readings.currency,
        readings.synced_at
    from readings
    left join emails
        on readings.email_id = emails.email_id
        and readings.connection_id = emails.connection_id
        and readings.tenant_id = emails.tenant_id
),

told as (
    select
        tenant_id,
        connection_id,
        campaign_id,
        email_id,
        read_on,
        sent_at,
        coalesce(emails_sent, 0) as sent,
        coalesce(hard_bounces, 0) + coalesce(soft_bounces, 0) + coalesce(syntax_errors, 0) as bounced,
        coalesce(unique_opens, 0) as opened,
        coalesce(unique_subscriber_clicks, 0) as clicked,
        coalesce(unsubscribes, 0) as unsubscribed,
        coalesce(abuse_reports, 0) as marked_spam,
        coalesce(orders, 0) as claimed_conversions,
        coalesce(order_totals, 0) as claimed_revenue,
        currency,
        synced_at
    from united
),

read_before as (
    select
        *,
        {%- for total in totals %}
        coalesce(lag({{ total }}) {{ of_email }}, 0) as {{ total }}_before,
        {%- endfor %}
        row_number() {{ of_email }} as reading
    from told
),

dated as (
    select
        read_before.tenant_id,
        read_before.connection_id,
        read_before.campaign_id,
        case
            when read_before.reading > 1 then read_before.read_on
            else coalesce({{ local_date('read_before.sent_at', 'connections.time_zone') }}, read_before.read_on)
        end as send_date,
        {%- for total in totals %}
        read_before.{{ total }} - read_before.{{ total }}_before as {{ total }},
        {%- endfor %}
        coalesce(read_before.currency, connections.currency) as currency,
        read_before.synced_at
    from read_before
    inner join connections
        on read_before.connection_id = connections.connection_id
        and read_before.tenant_id = connections.tenant_id
),

summed as (
    select
        tenant_id,
        connection_id,
        campaign_id,
        send_date,
        min(currency) as currency,
        {%- for total in totals %}
        sum({{ total }}) as {{ total }},
        {%- endfor %}
        max(synced_at) as synced_at
    from dated
    group by tenant_id, connection_id, campaign_id, send_date
),

final as (
    select
        tenant_id,
        connection_id,
        'mailchimp' as source,
        {{ record_id('campaign_id') }}
        || '/email/'
        || cast(send_date as {{ contract_type('text') }}) as message_figure_id,
        {{ record_id('campaign_id') }} as campaign_id,
        'email' as channel,
        send_date,
        currency,
        sent,
        sent - bounced as delivered,
        opened,
        clicked,
        bounced,
        unsubscribed,
        marked_spam,
        claimed_conversions,
        claimed_revenue,
        cast(null as {{ contract_type('money') }}) as cost,
        synced_at
    from summed
)

select {{ conform('message_figures') }} from final
