with source as (
    select * from {{ source('database', 'stock_levels') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        location_id,
        variant_id,
        -- numerics
        available,
        on_hand,
        committed,
        incoming,
        -- timestamps
        updated_at,
        _synced_at as synced_at
    from source
)

select * from renamed
