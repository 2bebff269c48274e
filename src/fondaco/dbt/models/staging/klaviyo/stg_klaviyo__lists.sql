with source as (
    select * from {{ source('klaviyo', 'lists') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        list_id,
        -- strings
        name,
        opt_in_process,
        -- timestamps
        created_at,
        updated_at,
        _synced_at as synced_at
    from source
)

select * from renamed
