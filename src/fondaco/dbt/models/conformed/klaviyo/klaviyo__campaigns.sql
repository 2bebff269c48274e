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
        tenant_id,
        connection_id,
        'klaviyo' as source,
        'messages' as role,
        {{ record_id('campaign_id') }} as campaign_id,
        campaign_id as source_campaign_id,
        name,
        campaign_type,
        status,
        created_at,
        updated_at,
        synced_at
    from united
)

select {{ conform('campaigns') }} from final
