with source as (
    select * from {{ source('google_ads', 'conversion_days') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        cast(customer_id as {{ contract_type('text') }}) as customer_id,
        cast(campaign_id as {{ contract_type('text') }}) as campaign_id,
        -- strings
        currency,
        time_zone,
        conversion_action,
        action_name,
        action_category,
        -- numerics
        conversions,
        conversions_value,
        all_conversions,
        all_conversions_value,
        -- dates
        report_date,
        -- timestamps
        _synced_at as synced_at
    from source
)

select * from renamed
