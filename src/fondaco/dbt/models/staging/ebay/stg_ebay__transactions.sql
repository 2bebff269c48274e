with source as (
    select * from {{ source('ebay', 'transactions') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        transaction_id,
        transaction_type,
        order_id,
        payout_id,
        -- strings
        status,
        booking_entry,
        currency,
        fee_currency,
        fee_type,
        memo,
        -- numerics
        amount,
        fee_basis,
        fee,
        exchange_rate,
        -- timestamps
        transaction_day,
        happened_at,
        _synced_at as synced_at
    from source
)

select * from renamed
