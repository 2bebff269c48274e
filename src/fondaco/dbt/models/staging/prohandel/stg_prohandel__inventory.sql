with source as (
    select * from {{ source('prohandel', 'inventory') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        branch_number,
        article_number,
        article_size_number,
        -- numerics
        quantity,
        reserved,
        -- timestamps
        changed_at,
        _synced_at as synced_at
    from source
)

select * from renamed
