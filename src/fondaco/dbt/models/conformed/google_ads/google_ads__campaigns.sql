with campaigns as (
    select * from {{ ref('stg_google_ads__campaigns') }}
),

final as (
    select
        tenant_id,
        connection_id,
        'google_ads' as source,
        'ads' as role,
        {{ record_id('campaign_id', 'connection_id') }} as campaign_id,
        campaign_id as source_campaign_id,
        name,
        lower(channel_type) as campaign_type,
        case
            when status = 'REMOVED' then 'removed'
            when serving_status = 'ENDED' then 'ended'
            when status = 'PAUSED' then 'paused'
            else 'active'
        end as status,
        -- The API tells of neither; the first day may lie years ahead of a campaign that is being prepared.
        cast(null as {{ contract_type('timestamp') }}) as created_at,
        cast(null as {{ contract_type('timestamp') }}) as updated_at,
        synced_at
    from campaigns
)

select {{ conform('campaigns') }} from final
