with source as (
    select * from {{ source('shopify', 'transactions') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        {{ shopify_id('transaction_id') }} as transaction_id,
        {{ shopify_id('order_id') }} as order_id,
        {{ shopify_id('parent_id') }} as parent_id,
        -- strings
        kind,
        status,
        gateway,
        currency,
        presentment_currency,
        -- numerics
        amount,
        amount_presentment,
        -- booleans
        is_test,
        -- timestamps
        processed_at,
        created_at,
        _synced_at as synced_at
    from source
)

select * from renamed
