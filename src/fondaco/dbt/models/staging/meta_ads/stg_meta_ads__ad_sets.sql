with source as (
    select * from {{ source('meta_ads', 'ad_sets') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        ad_set_id,
        account_id,
        campaign_id,
        -- strings
        name,
        status,
        effective_status,
        optimization_goal,
        billing_event,
        bid_strategy,
        -- numerics
        daily_budget,
        lifetime_budget,
        -- json
        attribution_spec,
        -- timestamps
        starts_at,
        ends_at,
        created_at,
        updated_at,
        _synced_at as synced_at
    from source
)

select * from renamed
