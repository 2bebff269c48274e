-- What Mailchimp writes into utm_campaign: its mark of the campaign, alone or behind the id. An automation's links
-- carry those of the e-mail that they stand in, and those of a campaign that tests variants the id of the variant.
with campaigns as (
    select * from {{ ref('stg_mailchimp__campaigns') }}
),

variants as (
    select * from {{ ref('stg_mailchimp__campaign_variants') }}
),

emails as (
    select * from {{ ref('stg_mailchimp__automation_emails') }}
),

sent as (
    select
        tenant_id,
        connection_id,
        campaign_id,
        campaign_id as link_id,
        cast(null as {{ contract_type('text') }}) as email_title,
        utm_campaign,
        synced_at
    from campaigns
    union all
    select
        variants.tenant_id,
        variants.connection_id,
        variants.campaign_id,
        variants.variant_id as link_id,
        cast(null as {{ contract_type('text') }}) as email_title,
        campaigns.utm_campaign,
        greatest(variants.synced_at, campaigns.synced_at) as synced_at
    from variants
    inner join campaigns
        on variants.campaign_id = campaigns.campaign_id
        and variants.connection_id = campaigns.connection_id
        and variants.tenant_id = campaigns.tenant_id
    union all
    select
        tenant_id,
        connection_id,
        automation_id as campaign_id,
        email_id as link_id,
        coalesce(title, subject_line) as email_title,
        utm_campaign,
        synced_at
    from emails
),

marks as (
    select
        tenant_id,
        connection_id,
        campaign_id,
        link_id || '-' || utm_campaign as mark,
        'id' as mark_type,
        synced_at
    from sent
    where utm_campaign is not null
    union all
    select
        tenant_id,
        connection_id,
        campaign_id,
        utm_campaign as mark,
        'name' as mark_type,
        synced_at
    from sent
    where utm_campaign is not null
    union all
    select
        tenant_id,
        connection_id,
        campaign_id,
        link_id as mark,
        'id' as mark_type,
        synced_at
    from sent
    where email_title is not null
    union all
    select
        tenant_id,
        connection_id,
        campaign_id,
        email_title as mark,
        'name' as mark_type,
        synced_at
    from sent
    where email_title is not null
),

final as (
    select
        tenant_id,
        connection_id,
        'mailchimp' as source,
        {{ record_id('campaign_id') }} as campaign_id,
        mark,
        mark_type,
        max(synced_at) as synced_at
    from marks
    group by tenant_id, connection_id, campaign_id, mark, mark_type
)

select {{ conform('campaign_marks') }} from final
