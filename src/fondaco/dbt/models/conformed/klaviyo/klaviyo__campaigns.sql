-- Campaigns and flows of the lists, and flows that only the figures still know.
with campaigns as (
    select * from {{ ref('stg_klaviyo__campaigns') }}
),

flows as (
    select * from {{ ref('stg_klaviyo__flows') }}
),

figures as (
    select * from {{ ref('stg_klaviyo__flow_figures') }}
),

deletions as (
    select * from {{ ref('stg_klaviyo__tombstones') }}
    where stream in ('campaigns', 'flows')
),

latest as (
    select
        *,
        row_number() over (
            partition by tenant_id, connection_id, flow_id
            order by send_date desc, message_id desc, channel desc
        ) as place
    from figures
),

listed as (
    select
        tenant_id,
        connection_id,
        campaign_id,
        name,
        case channel when 'mobile_push' then 'push' else channel end as campaign_type,
        case
            when status like 'Cancelled%' then 'removed'
            when status in ('Sent', 'Variations Sent') then 'ended'
            when status in ('Draft', 'Queued without Recipients') then 'draft'
            else 'active'
        end as status,
        created_at,
        updated_at,
        synced_at
    from campaigns
    union all
    select
        tenant_id,
        connection_id,
        flow_id as campaign_id,
        name,
        'flow' as campaign_type,
        case
            when is_archived then 'ended'
            when status = 'draft' then 'draft'
            else 'active'
        end as status,
        created_at,
        updated_at,
        synced_at
    from flows
),

unlisted as (
    select
        latest.tenant_id,
        latest.connection_id,
        latest.flow_id as campaign_id,
        latest.flow_name as name,
        'flow' as campaign_type,
        'removed' as status,
        cast(null as {{ contract_type('timestamp') }}) as created_at,
        cast(null as {{ contract_type('timestamp') }}) as updated_at,
        latest.synced_at
    from latest
    left join flows
        on latest.flow_id = flows.flow_id
        and latest.connection_id = flows.connection_id
        and latest.tenant_id = flows.tenant_id
    where latest.place = 1 and flows.flow_id is null
),

united as (
    select * from listed
    union all
    select * from unlisted
),

final as (
    select
        united.tenant_id,
        united.connection_id,
        'klaviyo' as source,
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
