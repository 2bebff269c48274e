with source as (
    select * from {{ source('google_ads', 'campaigns') }}
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
        name,
        status,
        serving_status,
        channel_type,
        channel_sub_type,
        bidding_strategy_type,
        tracking_url_template,
        final_url_suffix,
        -- numerics
        budget,
        -- booleans
        budget_is_shared,
        -- dates
        start_date,
        end_date,
        -- timestamps
        _synced_at as synced_at
    from source
)

select * from renamed
