with source as (
    select * from {{ source('ebay', 'refunds') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        order_id,
        refund_index,
        refund_id,
        -- strings
        status,
        currency,
        -- numerics
        amount,
        -- timestamps
        refunded_at,
        _synced_at as synced_at
    from source
)

select * from renamed
