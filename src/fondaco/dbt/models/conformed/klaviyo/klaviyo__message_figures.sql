-- Klaviyo has figures by message; each message belongs to one campaign or flow, so they add up to its.
with campaigns as (
    select * from {{ ref('stg_klaviyo__campaign_figures') }}
),

flows as (
    select * from {{ ref('stg_klaviyo__flow_figures') }}
),

figures as (
    select
        tenant_id,
        connection_id,
        campaign_id,
        channel,
        send_date,
        currency,
        recipients,
        delivered,
        opens_unique,
        clicks_unique,
        bounced_or_failed,
        unsubscribe_uniques,
        spam_complaints,
        conversions,
        conversion_value,
        text_message_spend,
        synced_at
    from campaigns
    union all
    select
        tenant_id,
        connection_id,
        flow_id as campaign_id,
        channel,
        send_date,
        currency,
        recipients,
        delivered,
        opens_unique,
        clicks_unique,
        bounced_or_failed,
        unsubscribe_uniques,
        spam_complaints,
        conversions,
        conversion_value,
        text_message_spend,
        synced_at
    from flows
),

channelled as (
    select
        *,
        case
            when channel in ('email', 'sms') then channel
            when channel like '%push%' then 'push'
            else 'other'
        end as told_channel
    from figures
),

summed as (
    select
        tenant_id,
        connection_id,
        campaign_id,
        told_channel as channel,
        send_date,
        min(currency) as currency,
        sum(recipients) as sent,
        sum(delivered) as delivered,
        sum(case when told_channel <> 'sms' then opens_unique end) as opened,
        sum(clicks_unique) as clicked,
        sum(bounced_or_failed) as bounced,
        sum(unsubscribe_uniques) as unsubscribed,
        sum(spam_complaints) as marked_spam,
        sum(conversions) as claimed_conversions,
        sum(conversion_value) as claimed_revenue,
        sum(case when told_channel = 'sms' then text_message_spend end) as cost,
        max(synced_at) as synced_at
    from channelled
    group by tenant_id, connection_id, campaign_id, told_channel, send_date
),

final as (
    select
        tenant_id,
        connection_id,
        'klaviyo' as source,
        {{ record_id('campaign_id') }} || '/' || channel || '/'
        || cast(send_date as {{ contract_type('text') }}) as message_figure_id,
        {{ record_id('campaign_id') }} as campaign_id,
        channel,
        send_date,
        currency,
        sent,
        delivered,
        opened,
        clicked,
        bounced,
        unsubscribed,
        marked_spam,
        claimed_conversions,
        claimed_revenue,
        cost,
        synced_at
    from summed
)

select {{ conform('message_figures') }} from final
