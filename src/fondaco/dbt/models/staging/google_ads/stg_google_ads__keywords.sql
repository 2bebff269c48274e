with source as (
    select * from {{ source('google_ads', 'keywords') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        cast(customer_id as {{ contract_type('text') }}) as customer_id,
        cast(ad_group_id as {{ contract_type('text') }}) as ad_group_id,
        cast(criterion_id as {{ contract_type('text') }}) as criterion_id,
        cast(campaign_id as {{ contract_type('text') }}) as campaign_id,
        -- strings
        currency,
        text as keyword,
        match_type,
        status,
        -- numerics
        cpc_bid,
        quality_score,
        -- booleans
        is_negative,
        -- timestamps
        _synced_at as synced_at
    from source
)

select * from renamed
