with source as (
    select * from {{ source('amazon', 'transaction_amounts') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        transaction_id,
        item_id,
        -- strings
        sku,
        asin,
        path,
        currency,
        -- numerics
        position,
        item,
        quantity,
        amount,
        -- dates
        posted_day,
        -- timestamps
        _synced_at as synced_at
    from source
)

select * from renamed
