with source as (
    select * from {{ source('database', 'payments') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        payment_id,
        order_id,
        parent_id,
        -- strings
        kind,
        status,
        gateway,
        currency,
        -- numerics
        amount,
        fee,
        -- booleans
        is_test,
        -- timestamps
        processed_at,
        created_at,
        updated_at,
        deleted_at,
        _synced_at as synced_at
    from source
)

select * from renamed
