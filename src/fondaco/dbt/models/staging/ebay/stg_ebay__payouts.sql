with source as (
    select * from {{ source('ebay', 'payouts') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        payout_id,
        -- strings
        status,
        reference,
        currency,
        -- numerics
        transaction_count,
        amount,
        -- timestamps
        paid_at,
        _synced_at as synced_at
    from source
)

select * from renamed
