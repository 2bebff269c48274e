-- Campaigns of the account's list, and those that only the figures still know.
with campaigns as (
    select * from {{ ref('stg_meta_ads__campaigns') }}
),

insights as (
    select * from {{ ref('stg_meta_ads__insights') }}
),

latest as (
    select
        *,
        row_number() over (
            partition by tenant_id, connection_id, campaign_id
            order by report_date desc, ad_id desc
        ) as place
    from insights
),

listed as (
    select
        tenant_id,
        connection_id,
        campaign_id,
        name,
        objective,
        case effective_status
            when 'PAUSED' then 'paused'
            when 'ARCHIVED' then 'ended'
            when 'DELETED' then 'removed'
            else 'active'
        end as status,
        created_at,
        updated_at,
        synced_at
    from campaigns
),

unlisted as (
    select
        latest.tenant_id,
        latest.connection_id,
        latest.campaign_id,
        latest.campaign_name as name,
        latest.objective,
        'removed' as status,
        cast(null as {{ contract_type('timestamp') }}) as created_at,
        cast(null as {{ contract_type('timestamp') }}) as updated_at,
        latest.synced_at
    from latest
    left join listed
        on latest.campaign_id = listed.campaign_id
        and latest.connection_id = listed.connection_id
        and latest.tenant_id = listed.tenant_id
    where
        latest.place = 1
        and latest.campaign_id is not null
        and listed.campaign_id is null
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
        'meta_ads' as source,
        'ads' as role,
        {{ record_id('campaign_id') }} as campaign_id,
        campaign_id as source_campaign_id,
        name,
        lower(objective) as campaign_type,
        status,
        created_at,
        updated_at,
        synced_at
    from united
)

select {{ conform('campaigns') }} from final
