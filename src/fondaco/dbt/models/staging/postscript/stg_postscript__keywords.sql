with source as (
    select * from {{ source('postscript', 'keywords') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        keyword_id,
        -- strings
        keyword,
        -- numerics
        triggered_count,
        -- timestamps
        created_at,
        updated_at,
        _synced_at as synced_at
    from source
)

select * from renamed
