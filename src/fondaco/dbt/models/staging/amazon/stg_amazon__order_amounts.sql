with source as (
    select * from {{ source('amazon', 'order_amounts') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        order_id,
        order_item_id,
        -- strings
        type,
        subtype,
        currency,
        -- numerics
        position,
        amount,
        -- timestamps
        _synced_at as synced_at
    from source
)

select * from renamed
