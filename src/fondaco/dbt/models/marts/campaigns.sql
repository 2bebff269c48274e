{{ config(tags=['profit']) }}

with campaigns as (
    select * from {{ ref('core_campaigns') }}
),

connections as (
    select * from {{ ref('core_connections') }}
),

final as (
    select
        campaigns.tenant_id,
        campaigns.campaign_id,
        campaigns.source as platform,
        coalesce(campaigns.role, 'ads') as role,
        campaigns.connection_id,
        connections.name as account_name,
        campaigns.source_campaign_id,
        campaigns.name,
        campaigns.campaign_type,
        campaigns.status,
        campaigns.created_at
    from campaigns
    left join connections
        on campaigns.connection_id = connections.connection_id
        and campaigns.tenant_id = connections.tenant_id
)

select * from final
