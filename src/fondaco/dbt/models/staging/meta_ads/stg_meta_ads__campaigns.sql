with source as (
    select * from {{ source('meta_ads', 'campaigns') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        campaign_id,
        account_id,
        -- strings
        name,
        objective,
        status,
        effective_status,
        buying_type,
        bid_strategy,
        -- numerics
        daily_budget,
        lifetime_budget,
        -- timestamps
        starts_at,
        stops_at,
        created_at,
        updated_at,
        _synced_at as synced_at
    from source
)

select * from renamed
