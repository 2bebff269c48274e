with source as (
    select * from {{ source('commercetools', 'order_payments') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        order_id,
        payment_id,
        -- timestamps
        _synced_at as synced_at
    from source
)

select * from renamed
