with source as (
    select * from {{ source('shopify', 'transaction_fees') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        {{ shopify_id('fee_id') }} as fee_id,
        {{ shopify_id('transaction_id') }} as transaction_id,
        {{ shopify_id('order_id') }} as order_id,
        -- strings
        type,
        currency,
        -- numerics
        rate,
        amount,
        tax,
        -- timestamps
        _synced_at as synced_at
    from source
)

select * from renamed
