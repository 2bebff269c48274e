with source as (
    select * from {{ source('amazon', 'transactions') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        transaction_id,
        order_id,
        deferred_transaction_id,
        release_transaction_id,
        settlement_id,
        refund_id,
        marketplace_id,
        -- strings
        transaction_type,
        transaction_status,
        description,
        account_type,
        currency,
        -- numerics
        total,
        -- dates
        posted_day,
        -- timestamps
        posted_at,
        _synced_at as synced_at
    from source
)

select * from renamed
