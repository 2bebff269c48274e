with source as (
    select * from {{ source('meta_ads', 'insights') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        account_id,
        campaign_id,
        ad_set_id,
        ad_id,
        -- strings
        account_currency,
        campaign_name,
        ad_set_name,
        ad_name,
        objective,
        attribution_setting,
        purchase_type,
        -- numerics
        spend,
        impressions,
        reach,
        clicks,
        inline_link_clicks,
        outbound_clicks,
        purchases,
        purchase_value,
        purchases_1d_click,
        purchases_7d_click,
        purchases_28d_click,
        purchases_1d_view,
        purchases_1d_ev,
        purchase_value_1d_click,
        purchase_value_7d_click,
        purchase_value_28d_click,
        purchase_value_1d_view,
        purchase_value_1d_ev,
        -- json
        actions,
        action_values,
        -- dates
        report_date,
        -- timestamps
        _synced_at as synced_at
    from source
)

select * from renamed
