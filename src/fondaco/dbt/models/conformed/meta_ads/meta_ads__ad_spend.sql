-- Meta has figures by ad; each ad belongs to one campaign, so they add up to the campaign's.
with insights as (
    select * from {{ ref('stg_meta_ads__insights') }}
),

summed as (
    select
        tenant_id,
        connection_id,
        campaign_id,
        report_date,
        min(account_currency) as currency,
        sum(spend) as spend,
        sum(impressions) as impressions,
        sum(clicks) as clicks,
        sum(purchases) as claimed_conversions,
        sum(purchase_value) as claimed_revenue,
        max(synced_at) as synced_at
    from insights
    group by tenant_id, connection_id, campaign_id, report_date
),

final as (
    select
        tenant_id,
        connection_id,
        'meta_ads' as source,
        {{ record_id('campaign_id') }} || '/' || cast(report_date as {{ contract_type('text') }}) as ad_spend_id,
        {{ record_id('campaign_id') }} as campaign_id,
        report_date as spend_date,
        currency,
        coalesce(spend, 0) as spend,
        coalesce(impressions, 0) as impressions,
        coalesce(clicks, 0) as clicks,
        coalesce(claimed_conversions, 0) as claimed_conversions,
        coalesce(claimed_revenue, 0) as claimed_revenue,
        synced_at
    from summed
)

select {{ conform('ad_spend') }} from final
