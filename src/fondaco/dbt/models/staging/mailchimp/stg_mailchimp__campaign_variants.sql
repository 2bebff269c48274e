with source as (
    select * from {{ source('mailchimp', 'campaign_variants') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        campaign_id,
        variant_id,
        -- booleans
        is_winner,
        -- timestamps
        _synced_at as synced_at
    from source
)

select * from renamed
