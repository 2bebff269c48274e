with source as (
    select * from {{ source('google_ads', 'ad_days') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        cast(customer_id as {{ contract_type('text') }}) as customer_id,
        cast(campaign_id as {{ contract_type('text') }}) as campaign_id,
        cast(ad_group_id as {{ contract_type('text') }}) as ad_group_id,
        cast(ad_id as {{ contract_type('text') }}) as ad_id,
        -- strings
        currency,
        time_zone,
        -- numerics
        impressions,
        clicks,
        cost,
        conversions,
        conversions_value,
        all_conversions,
        all_conversions_value,
        view_through_conversions,
        conversions_by_conversion_date,
        conversions_value_by_conversion_date,
        all_conversions_by_conversion_date,
        all_conversions_value_by_conversion_date,
        -- dates
        report_date,
        -- timestamps
        _synced_at as synced_at
    from source
)

select * from renamed
