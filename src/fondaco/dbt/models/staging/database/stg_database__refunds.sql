with source as (
    select * from {{ source('database', 'refunds') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        refund_id,
        order_id,
        -- strings
        status,
        reason,
        -- numerics
        amount,
        shipping,
        shipping_tax,
        tax,
        -- timestamps
        refunded_at,
        created_at,
        updated_at,
        deleted_at,
        _synced_at as synced_at
    from source
)

select * from renamed
