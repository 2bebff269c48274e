with source as (
    select * from {{ source('ebay', 'transaction_fees') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        transaction_id,
        transaction_type,
        line_item_id,
        fee_index,
        -- strings
        fee_type,
        memo,
        currency,
        -- numerics
        amount,
        -- timestamps
        transaction_day,
        _synced_at as synced_at
    from source
)

select * from renamed
