with source as (
    select * from {{ source('ebay', 'payments') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        order_id,
        payment_index,
        -- strings
        method,
        status,
        currency,
        -- numerics
        amount,
        -- timestamps
        paid_at,
        _synced_at as synced_at
    from source
)

select * from renamed
