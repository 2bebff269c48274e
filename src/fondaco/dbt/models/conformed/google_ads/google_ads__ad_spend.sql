-- By campaign, where every kind of campaign is: Performance Max has no ads, so figures by ad stay below the totals.
with campaign_days as (
    select * from {{ ref('stg_google_ads__campaign_days') }}
),

final as (
    select
        tenant_id,
        connection_id,
        'google_ads' as source,
        {{ record_id('campaign_id', 'connection_id') }} || '/' || cast(report_date as {{ contract_type('text') }})
            as ad_spend_id,
        {{ record_id('campaign_id', 'connection_id') }} as campaign_id,
        report_date as spend_date,
        currency,
        cost as spend,
        impressions,
        clicks,
        conversions as claimed_conversions,
        conversions_value as claimed_revenue,
        synced_at
    from campaign_days
)

select {{ conform('ad_spend') }} from final
