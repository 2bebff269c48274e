-- Campaigns, and automations as flows: what brings the orders of an automation is the automation, whichever of its
-- e-mails did.
with campaigns as (
    select * from {{ ref('stg_mailchimp__campaigns') }}
),

automations as (
    select * from {{ ref('stg_mailchimp__automations') }}
),

deletions as (
    select * from {{ ref('stg_mailchimp__tombstones') }}
    where stream in ('campaigns', 'automations')
),

united as (
    select
        tenant_id,
        connection_id,
        campaign_id,
        coalesce(title, subject_line) as name,
        'email' as campaign_type,
        case
            when status in ('schedule', 'sending') then 'active'
            when status = 'save' then 'draft'
            when status = 'paused' then 'paused'
            else 'ended'
        end as status,
        created_at,
        coalesce(sent_at, created_at) as updated_at,
        synced_at
    from campaigns
    union all
    select
        tenant_id,
        connection_id,
        automation_id as campaign_id,
        title as name,
        'flow' as campaign_type,
        case status when 'sending' then 'active' when 'save' then 'draft' else 'paused' end as status,
        created_at,
        coalesce(started_at, created_at) as updated_at,
        synced_at
    from automations
),

final as (
    select
        united.tenant_id,
        united.connection_id,
        'mailchimp' as source,
        'messages' as role,
        {{ record_id('united.campaign_id', 'united.connection_id') }} as campaign_id,
        united.campaign_id as source_campaign_id,
        united.name,
        united.campaign_type,
        case when deletions.record_id is not null then 'removed' else united.status end as status,
        united.created_at,
        united.updated_at,
        greatest(united.synced_at, coalesce(deletions.synced_at, united.synced_at)) as synced_at
    from united
    left join deletions
        on united.tenant_id = deletions.tenant_id
        and united.connection_id = deletions.connection_id
        and united.campaign_id = deletions.record_id
        and united.synced_at <= deletions.synced_at
)

select {{ conform('campaigns') }} from final
