with source as (
    select * from {{ source('meta_ads', 'ads') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        ad_id,
        account_id,
        campaign_id,
        ad_set_id,
        -- strings
        name,
        status,
        effective_status,
        -- timestamps
        created_at,
        updated_at,
        _synced_at as synced_at
    from source
)

select * from renamed
