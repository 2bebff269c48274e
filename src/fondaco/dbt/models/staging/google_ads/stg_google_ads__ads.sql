with source as (
    select * from {{ source('google_ads', 'ads') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        cast(customer_id as {{ contract_type('text') }}) as customer_id,
        cast(ad_group_id as {{ contract_type('text') }}) as ad_group_id,
        cast(ad_id as {{ contract_type('text') }}) as ad_id,
        cast(campaign_id as {{ contract_type('text') }}) as campaign_id,
        -- strings
        currency,
        name,
        status,
        type as ad_type,
        approval_status,
        final_urls,
        tracking_url_template,
        final_url_suffix,
        -- timestamps
        _synced_at as synced_at
    from source
)

select * from renamed
