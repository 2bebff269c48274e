with source as (
    select * from {{ source('shopify', 'balance_transactions') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        {{ shopify_id('balance_transaction_id') }} as balance_transaction_id,
        {{ shopify_id('order_id') }} as order_id,
        {{ shopify_id('payout_id') }} as payout_id,
        transaction_id,
        -- strings
        source_id,
        type,
        source_type,
        payout_status,
        adjustment_reason,
        currency,
        -- numerics
        amount,
        fee,
        net,
        -- booleans
        is_test,
        -- timestamps
        transaction_date,
        _synced_at as synced_at
    from source
)

select * from renamed
