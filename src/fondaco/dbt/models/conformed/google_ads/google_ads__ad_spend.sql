-- By campaign, where every kind of campaign is: Performance Max has no ads, so figures by ad stay below the totals.
with campaign_days as (
    select * from {{ ref('stg_google_ads__campaign_days') }}
),

purchases as (
    select
        tenant_id,
        connection_id,
        campaign_id,
        report_date,
        sum(conversions) as conversions,
        sum(conversions_value) as conversions_value,
        max(synced_at) as synced_at
    from {{ ref('stg_google_ads__conversion_days') }}
    where action_category = 'PURCHASE'
    group by tenant_id, connection_id, campaign_id, report_date
),

-- Accounts that tell purchases from sign-ups and calls; of all others every conversion is taken for one.
telling as (
    select distinct tenant_id, connection_id
    from purchases
),

final as (
    select
        campaign_days.tenant_id,
        campaign_days.connection_id,
        'google_ads' as source,
        {{ record_id('campaign_days.campaign_id', 'campaign_days.connection_id') }} || '/'
        || cast(campaign_days.report_date as {{ contract_type('text') }}) as ad_spend_id,
        {{ record_id('campaign_days.campaign_id', 'campaign_days.connection_id') }} as campaign_id,
        campaign_days.report_date as spend_date,
        campaign_days.currency,
        campaign_days.cost as spend,
        campaign_days.impressions,
        campaign_days.clicks,
        case
            when telling.connection_id is null then campaign_days.conversions
            else coalesce(purchases.conversions, 0)
        end as claimed_conversions,
        case
            when telling.connection_id is null then campaign_days.conversions_value
            else coalesce(purchases.conversions_value, 0)
        end as claimed_revenue,
        greatest(campaign_days.synced_at, coalesce(purchases.synced_at, campaign_days.synced_at)) as synced_at
    from campaign_days
    left join telling
        on campaign_days.tenant_id = telling.tenant_id
        and campaign_days.connection_id = telling.connection_id
    left join purchases
        on campaign_days.tenant_id = purchases.tenant_id
        and campaign_days.connection_id = purchases.connection_id
        and campaign_days.campaign_id = purchases.campaign_id
        and campaign_days.report_date = purchases.report_date
)

select {{ conform('ad_spend') }} from final
